import type {ReportedDiff} from '../../report/reported-diff.js';
import type {ControlServices} from '../control/route.js';

/** What the inspector may do besides looking. */
export type InspectorOptions = {
  /** The configuration file that ignore rules can be added to, on a confirmed click. It need not exist. None by default. */
  readonly configFile?: string | undefined;
  /** Compares the cassettes at a path with the last commit, for the page of changes. Without it there is no such page. */
  readonly compareWithHead?: ((path: string) => Promise<ReportedDiff>) | undefined;
};

export type InspectorServices = ControlServices & {readonly inspector: InspectorOptions};
