import { Infernet } from "@infernet/sdk/effect"
import { Console, Effect, Layer, Stream } from "effect"
import { FetchHttpClient } from "effect/http"

const model = process.argv[2] ?? "tiny"

const program = Effect.gen(function* () {
  const infernet = yield* Infernet
  const { content } = yield* infernet.chat({ model, messages: [{ role: "user", content: "Why is the sky blue?" }] })
  yield* Console.log(content)

  const story = infernet.chatStream({ model, messages: [{ role: "user", content: "Tell me a story." }] })
  yield* Stream.runForEach(story, (event) => Console.log(event.text ?? ""))
}).pipe(
  Effect.catchTag("ModelNotFound", (error) => Console.log(error.error_message)),
  // What was said before the answer broke off.
  Effect.catchTag(["JobFailed", "StreamCut"], (error) => Console.log(error.text))
)

await Effect.runPromise(program.pipe(Effect.provide(Infernet.layerConfig.pipe(Layer.provide(FetchHttpClient.layer)))))
