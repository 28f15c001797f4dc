import vendors from 'ci-info/vendors.json' with {type: 'json'};
import type {Environment} from './read-variables.js';

/** Variables that several CI systems set, as ci-info lists them. */
const commonVariables = [
  'BUILD_ID',
  'BUILD_NUMBER',
  'CI_APP_ID',
  'CI_BUILD_ID',
  'CI_BUILD_NUMBER',
  'CI_NAME',
  'CONTINUOUS_INTEGRATION',
  'RUN_ID',
];

/** A variable that is set, one that contains a text, any of several, or variables with these values. */
type Condition =
  | string
  | {readonly env: string; readonly includes: string}
  | {readonly any: readonly string[]};

/**
 * Whether this is an unattended build: `CI` says so or, if it is not set, the environment is that of a CI system that ci-info knows. Some,
 * such as Azure Pipelines, Jenkins, TeamCity and CodeBuild, do not set `CI`.
 */
export function isContinuousIntegration(environment: Environment): boolean {
  const {CI} = environment;
  if (CI !== undefined && CI !== '') return !['false', '0'].includes(CI.toLowerCase());
  return (
    commonVariables.some(name => environment[name]) ||
    vendors.some(({env}) => [env].flat().every(condition => holds(condition as Condition, environment)))
  );
}

function holds(condition: Condition, environment: Environment): boolean {
  if (typeof condition === 'string') return Boolean(environment[condition]);
  if ('includes' in condition) return environment[condition.env]?.includes(condition.includes) ?? false;
  if ('any' in condition) return condition.any.some(name => environment[name]);
  return Object.entries(condition).every(([name, value]) => environment[name] === value);
}
