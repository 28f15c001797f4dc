import type {ControlServices} from '../control/route.js';

/** What the inspector may do besides looking. */
export type InspectorOptions = {
  /** The configuration file that ignore rules can be added to, on a confirmed click. It need not exist. None by default. */
  readonly configFile?: string | undefined;
};

export type InspectorServices = ControlServices & {readonly inspector: InspectorOptions};
