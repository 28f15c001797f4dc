import {execa} from 'execa';

/** The ids of all descendants of a process, children first. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const {stdout} = await execa('ps', ['-A', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map(line => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([child = 0, itsParent]) => (itsParent === parent ? [child, ...below(child)] : []));
  return below(pid);
}
