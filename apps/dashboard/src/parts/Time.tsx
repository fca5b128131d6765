/** When something was: how long ago, with the exact time on hover. */
import { now } from "../data/now.ts"
import { ago, exactly } from "../data/words.ts"

/** `at` is ISO 8601. */
export const Time = (props: { readonly at: string }) => {
  const time = () => Date.parse(props.at)
  return (
    <time datetime={props.at} title={exactly(time())}>
      {ago(time(), now())}
    </time>
  )
}
