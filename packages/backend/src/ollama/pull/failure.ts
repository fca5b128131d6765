/** What Ollama says when a pull fails, as a reason that a program can act on and a sentence that a person can. */
import type { CommandError } from "@infernet/contract/Command"
import { withoutPaths } from "../../http/refusal.ts"
import { InstallError } from "../../install/Install.ts"

/** Terminal codes, addresses of the operator's network and the request inside Go's errors have no place in a sentence. */
export const cleaned = (said: string): string =>
  withoutPaths(
    said
      // oxlint-disable-next-line no-control-regex -- terminal codes are what is looked for
      .replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, "")
      .replaceAll(/\b(?:Get|Head|Post|Put) "[^"]*": /g, "")
      .replaceAll(/\bpull model manifest: /g, "")
      .replaceAll(/ on \S+:53\b/g, "")
      .replaceAll(/https?:\/\/[^\s"']+/g, "(an address)")
      // oxlint-disable-next-line no-control-regex -- as above
      .replaceAll(/[\u0000-\u001f\u007f]+/g, " ")
  )
    .replaceAll(/\s+/g, " ")
    .trim()
    .slice(0, 300)

interface Kind {
  readonly said: RegExp
  readonly reason: CommandError
  readonly message: (model: string, detail: string) => string
}

/** In this order: the first that fits has it. */
const kinds: ReadonlyArray<Kind> = [
  {
    said: /no space left|not enough space|disk quota|ENOSPC|disk full/i,
    reason: "does_not_fit",
    message: (model) =>
      `There is no room on Ollama's disk for "${model}": free some space or remove a model, then try again`
  },
  {
    said: /digest mismatch/i,
    reason: "checksum_mismatch",
    message: (model) => `What came for "${model}" was damaged and Ollama has thrown it away: try again`
  },
  {
    said: /newer version of ollama|requires? (?:a )?newer|\b412\b/i,
    reason: "unsupported",
    message: (model) => `"${model}" needs a newer Ollama: update it and try again`
  },
  {
    said: /sharded/i,
    reason: "unsupported",
    message: (model) => `"${model}" is split over several files, which Ollama cannot pull: choose another quantisation`
  },
  {
    said: /requires MLX|not compatible|does not support|not GGUF|unsupported/i,
    reason: "unsupported",
    message: (model, detail) => `This Ollama cannot run "${model}": ${detail}`
  },
  {
    said: /\b40[13]\b|unauthorized|access denied|gated|forbidden/i,
    reason: "not_allowed",
    message: (model) =>
      `"${model}" is private, wants its terms accepted, or does not exist: give this machine's Ollama access to it first`
  },
  {
    said: /dial tcp|no such host|connection (?:refused|reset)|timeout|timed out|TLS|x509|network is unreachable|\bEOF\b|retries exceeded|server misbehaving|proxy|\b(?:429|50[0-4])\b/i,
    reason: "unreachable",
    message: (model, detail) =>
      `Ollama could not fetch "${model}" (${detail}): check this machine's network and try again, it goes on where it stopped`
  },
  {
    said: /file does not exist|not found|not available in the repository|\b404\b|manifest unknown|invalid (?:model )?name|unqualified/i,
    reason: "not_found",
    message: (model) => `There is no model "${model}" to be pulled: look at its name and tag`
  }
]

export const failure = (model: string, said: string): InstallError => {
  const detail = cleaned(said) || "it gave no reason"
  const kind = kinds.find((kind) => kind.said.test(said))
  return kind === undefined
    ? new InstallError({ reason: "failed", message: `Ollama failed to pull "${model}": ${detail}` })
    : new InstallError({ reason: kind.reason, message: kind.message(model, detail) })
}
