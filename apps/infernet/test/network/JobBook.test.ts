import { expect, test } from "bun:test"
import { AttemptId, JobId } from "@infernet/contract/Id"
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import { JobBook } from "../../src/network/JobBook.ts"

const attempt = (number: number) => AttemptId.make(`att_${String(number).padStart(20, "0")}`)
const received = (number: number): DaemonEvent => ({
  type: "job_received",
  job: JobId.make(`job_${String(number).padStart(20, "0")}`),
  attempt: attempt(number),
  model: `model ${number}`
})
const done = (number: number): DaemonEvent => ({
  type: "job_done",
  attempt: attempt(number),
  tokens: 100,
  tokensPerSecond: 50,
  totalMillis: 2_000
})

test("tells of a job from its start to its end, its tokens counted all the way and once", () => {
  const book = new JobBook()
  book.take(received(1), 1_000)
  book.take({ type: "job_streaming", attempt: attempt(1), firstTokenMillis: 70 }, 1_070)
  book.look([{ attempt: attempt(1), seq: 42 }])
  expect(book.view()).toMatchObject({
    tokens: 42,
    running_count: 1,
    running: [{ started_at: 1_000, first_token_ms: 70, tokens: 42 }]
  })
  book.take(done(1), 3_000)
  expect(book.view()).toMatchObject({
    completed: 1,
    tokens: 100,
    running: [],
    ended: [{ model: "model 1", ended_at: 3_000, total_ms: 2_000, tokens: 100 }]
  })
})

test("tells why one failed, and how long it had run", () => {
  const book = new JobBook()
  book.take(received(1), 1_000)
  book.look([{ attempt: attempt(1), seq: 7 }])
  book.take({ type: "job_failed", attempt: attempt(1), error: "backend_error", message: "gone" }, 1_500)
  expect(book.view()).toMatchObject({
    failed: 1,
    tokens: 7,
    ended: [{ total_ms: 500, tokens: 7, fault: { error: "backend_error", message: "gone" } }]
  })
})

test("lets go of a job whose end it missed, but not of one whose end is on its way", () => {
  const book = new JobBook()
  book.take(received(1), 1_000)
  book.take(received(2), 1_000)
  book.look([{ attempt: attempt(2), seq: 1 }])
  expect(book.view().running_count).toBe(2)
  book.look([{ attempt: attempt(2), seq: 2 }])
  expect(book.view().running.map(({ attempt }) => attempt)).toEqual([attempt(2)])
})

test("holds no more than fits a screen, however many there are", () => {
  const book = new JobBook()
  for (let number = 0; number < 3_000; number++) book.take(received(number), number)
  for (let number = 2_000; number < 2_200; number++) book.take(done(number), number)
  const { completed, ended, running, running_count } = book.view()
  expect({ completed, ended: ended.length, running: running.length, running_count }).toEqual({
    completed: 200,
    ended: 64,
    running: 64,
    running_count: 824
  })
  expect(ended[0]?.model).toBe("model 2199")
})
