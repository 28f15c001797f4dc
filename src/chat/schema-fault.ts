import {RetakeError} from '../errors.js';

/** Which schema of a request is broken. */
export type SchemaPlace = {readonly type: 'output'} | {readonly type: 'tool'; readonly name: string};

/** What is wrong with a schema: a sentence about the value at `steps`. */
export type SchemaProblem = {readonly steps: readonly string[]; readonly sentence: string};

/** A schema that no model can answer to. Dialects say so in the words of their API, and name the field. */
export class SchemaFault extends RetakeError {
  readonly place: SchemaPlace;
  readonly problem: SchemaProblem;

  constructor(place: SchemaPlace, problem: SchemaProblem) {
    const subject =
      place.type === 'output'
        ? 'The schema of the answer'
        : `The schema of the parameters of the function "${place.name}"`;
    super('invalid_request', `${subject} is invalid at #${pointerOf(problem.steps)}: ${problem.sentence}`);
    this.place = place;
    this.problem = problem;
  }
}

function pointerOf(steps: readonly string[]): string {
  return steps.map(step => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
