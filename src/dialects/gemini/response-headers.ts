export const jsonHeaders = {'content-type': 'application/json; charset=UTF-8'};
