import {readdirSync, readFileSync} from 'node:fs';
import {availableParallelism, totalmem} from 'node:os';

/** What the engine's defaults depend on. */
export type Machine = {
  /** Logical cores that this process may use. */
  readonly cores: number;
  /** Cores without their second threads, if the system tells. */
  readonly physicalCores: number | undefined;
  /** Bytes, as far as a container may use them. */
  readonly memory: number;
};

export function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  return {
    cores: availableParallelism(),
    physicalCores: countPhysicalCores(),
    memory: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
  };
}

/**
 * The threads that leave one core free. Generation waits for its slowest thread in each step: if another program takes one core's time, an
 * engine on all of them is several times slower. Second threads of a core make it no faster.
 */
export function threadsFor({cores, physicalCores = cores}: Machine): number {
  return Math.max(1, Math.min(physicalCores, cores - 1));
}

const gigabyte = 1024 ** 3;
const smallContext = 8192;

/**
 * The context of a model whose cost is known: Gemma 3 12B takes about 2 GB for 32k tokens, the smaller models less than 1 GB. One that is not
 * in the catalogue may need several times as much.
 */
export function contextFor({memory}: Machine, contextLength: number | undefined): number {
  if (contextLength === undefined) return smallContext;
  // Systems report a little less than what is built in.
  const affordable = memory > 15 * gigabyte ? 32_768 : memory > 7 * gigabyte ? 16_384 : smallContext;
  return Math.min(contextLength, affordable);
}

/** Linux lists the threads of each core; elsewhere it is not known. */
function countPhysicalCores(): number | undefined {
  const folder = '/sys/devices/system/cpu';
  try {
    const siblings = readdirSync(folder)
      .filter(name => /^cpu\d+$/.test(name))
      .map(name => readFileSync(`${folder}/${name}/topology/thread_siblings_list`, 'utf8').trim());
    return siblings.length > 0 ? new Set(siblings).size : undefined;
  } catch {
    // Another system, or a container that hides it.
    return undefined;
  }
}
