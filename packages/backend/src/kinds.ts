/** The backends that this program knows. */
import { flavors, kinds as openAiKinds, type OpenAiKind } from "./openai/flavors.ts"

export type Kind = "embedded" | "ollama" | OpenAiKind

export const kinds: ReadonlyArray<Kind> = ["embedded", "ollama", ...openAiKinds]

const labels: ReadonlyMap<string, string> = new Map([
  ["embedded", "llama.cpp"],
  ["ollama", "Ollama"],
  ...openAiKinds.map((kind) => [kind, flavors[kind].label] as const)
])

/** What a person calls a backend; the kind itself where it is a newer program's. */
export const labelOf = (kind: string): string => labels.get(kind) ?? kind
