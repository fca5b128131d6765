/** Puts a mutant in the escrow's place: the artifact in the file that `MUTANT` names. */
import { mock } from "bun:test"
import { readFileSync } from "node:fs"

const path = process.env["MUTANT"]
if (path === undefined) throw new Error("MUTANT names no artifact")
const CprEscrow: unknown = JSON.parse(readFileSync(path, "utf8"))
await mock.module("@infernet/payment/contracts/CprEscrow", () => ({ CprEscrow }))
