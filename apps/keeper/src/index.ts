/** The keeper: everything that happens because time passed. */
export { type Keeper, startKeeper } from "./keeper.ts";
export { type KeeperDependencies, type Sweep, sweeps } from "./sweeps.ts";
