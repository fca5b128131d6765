/** Every fault that is injected, in the order of the table. */
import { backendKilled } from "./scenarios/backendKilled.ts"
import { cancelRaces } from "./scenarios/cancelRaces.ts"
import { cutStreams } from "./scenarios/cutStreams.ts"
import { databaseKilled } from "./scenarios/databaseKilled.ts"
import { diskFull } from "./scenarios/diskFull.ts"
import { hangUps } from "./scenarios/hangUps.ts"
import { nodeFrozen } from "./scenarios/nodeFrozen.ts"
import { nodeStopped } from "./scenarios/nodeStopped.ts"
import { nodeKilledEarly, nodeKilledLate } from "./scenarios/nodeKilled.ts"
import { ownDatabaseKilled } from "./scenarios/ownDatabaseKilled.ts"
import { planeKilled } from "./scenarios/planeKilled.ts"
import { restartUnderLoad } from "./scenarios/restartUnderLoad.ts"
import { slowReader } from "./scenarios/slowReader.ts"
import { upgradeUnderLoad } from "./scenarios/upgradeUnderLoad.ts"
import type { Scenario } from "./report.ts"

export const scenarios: ReadonlyArray<Scenario> = [
  cutStreams,
  planeKilled,
  nodeKilledEarly,
  nodeKilledLate,
  nodeFrozen,
  databaseKilled,
  ownDatabaseKilled,
  diskFull,
  backendKilled,
  hangUps,
  nodeStopped,
  restartUnderLoad,
  upgradeUnderLoad,
  cancelRaces,
  slowReader
]
