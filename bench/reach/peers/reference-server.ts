import type { Place } from '../symbols.ts';

/** A language server that says where a symbol is used. Spawned by its maker; paths are relative to the checkout it was made for. */
export interface ReferenceServer {
  readonly pid: number;
  /** Opens the file where it is not open yet, and asks. The declaration itself may be among the answers. */
  references(at: Place): Promise<readonly Place[]>;
  stop(): Promise<void>;
}
