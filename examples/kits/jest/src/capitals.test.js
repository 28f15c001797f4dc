const {capitalOf} = require('./capitals.js');

test('the capital of France', async () => {
  expect(await capitalOf('France')).toContain('France');
});

test('the capital of Italy', async () => {
  expect(await capitalOf('Italy')).toContain('Italy');
});
