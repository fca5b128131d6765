/** The files that others deploy by, held against the program: what they set, ask for and promise is really so. */
import { Api } from "@infernet/contract/api/Api"
import { describe, expect, test } from "bun:test"
import { OpenApi } from "effect/http-api"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { secrets } from "../../../scripts/environment/page.ts"
import { variables } from "../../../scripts/environment/sources.ts"

const root = join(import.meta.dir, "../../..")
const text = (file: string): string => readFileSync(join(root, file), "utf8")

type Json = { readonly [key: string]: Json } | ReadonlyArray<Json> | string | number | boolean | null | undefined

/** A place in a document, `undefined` where it is not there. */
const at = (value: Json, ...path: ReadonlyArray<string | number>): Json =>
  path.reduce<Json>(
    (inside, key) => (typeof inside === "object" && inside !== null ? Reflect.get(inside, key) : undefined),
    value
  )
const list = (value: Json): ReadonlyArray<Json> => (Array.isArray(value) ? value : [])
const keys = (value: Json): ReadonlyArray<string> =>
  typeof value === "object" && value !== null ? Object.keys(value) : []

const yaml = (file: string): ReadonlyArray<Json> => {
  const parsed = Bun.YAML.parse(text(file)) as Json
  return Array.isArray(parsed) ? parsed : [parsed]
}

const dockerfiles = ["deploy/control-plane.Dockerfile", "deploy/node.Dockerfile"]
const compose = yaml("deploy/compose.yaml")[0]
const manifests = readdirSync(join(root, "deploy/kubernetes"))
  .filter((file) => file !== "kustomization.yaml")
  .flatMap((file) => yaml(`deploy/kubernetes/${file}`))
const manifest = (kind: string, name: string): Json => {
  const found = manifests.find((one) => at(one, "kind") === kind && at(one, "metadata", "name") === name)
  if (found === undefined) throw new Error(`there is no ${kind} called ${name}`)
  return found
}

const podOf = (workload: Json): Json => at(workload, "spec", "template", "spec")
const deployment = manifest("Deployment", "control-plane")
const statefulSet = manifest("StatefulSet", "node")
const plane = at(podOf(deployment), "containers", 0)
const node = at(podOf(statefulSet), "containers", 0)

const routes: ReadonlySet<string> = new Set(Object.keys(OpenApi.fromApi(Api).paths))

describe("the images", () => {
  test("are built with the Bun that this repository is tested with", () => {
    const { workspaces } = JSON.parse(text("package.json"))
    for (const file of dockerfiles) expect(text(file)).toContain(`ARG BUN_VERSION=${workspaces.catalog["bun-types"]}\n`)
  })

  test("run as a user by number, whose home is a volume, and which nothing is installed for at run time", () => {
    for (const file of dockerfiles) {
      const last =
        text(file)
          .split(/^FROM /m)
          .at(-1) ?? ""
      expect(last).toMatch(/^USER 1000:1000$/m)
      const [, home] = /INFERNET_HOME=(\S+)/.exec(last) ?? []
      expect(last).toContain(`VOLUME ${home}\n`)
      expect(last).toContain("HEALTHCHECK")
      // In the form of a list: a shell between would keep signals from the program.
      expect(last).toMatch(/^ENTRYPOINT \["infernet"\]$/m)
    }
    expect(text("deploy/infernet.sh")).toContain('exec bun --no-install /opt/infernet/dist/infernet.js "$@"')
  })
})

describe("what is set", () => {
  test("is read by the program", () => {
    const read = new Set([...variables().keys(), ...[...secrets()].map((name) => `${name}_FILE`)])
    const set = [
      ...dockerfiles.flatMap((file) =>
        [...text(file).matchAll(/^(?:ENV|\s+) ?([A-Z][A-Z_]+)=/gm)].map(([, name = ""]) => name)
      ),
      ...["control-plane", "node"].flatMap((service) => keys(at(compose, "services", service, "environment"))),
      ...[plane, node].flatMap((container) => list(at(container, "env")).map((one) => String(at(one, "name"))))
    ]
    expect(set.length).toBeGreaterThan(15)
    expect(set.filter((name) => !read.has(name))).toEqual([])
  })
})

describe("the control plane", () => {
  test("keeps one name, by which it finds its jobs again, and is never there twice", () => {
    expect(at(compose, "services", "control-plane", "hostname")).toBe("control-plane")
    expect(at(podOf(deployment), "hostname")).toBe("control-plane")
    expect(at(deployment, "spec", "replicas")).toBe(1)
    expect(at(deployment, "spec", "strategy", "type")).toBe("Recreate")
    // Budgets that allow no disruption of the only pod keep its machine from being drained.
    expect(at(manifest("PodDisruptionBudget", "control-plane"), "spec", "maxUnavailable")).toBe(1)
  })

  test("is probed where it answers, under a name that it always answers to", () => {
    const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((probe) => at(plane, probe, "httpGet"))
    expect(probes.map((probe) => at(probe, "path"))).toEqual(["/health", "/health", "/ready"])
    for (const probe of probes) {
      expect(routes.has(String(at(probe, "path")))).toBe(true)
      expect(at(probe, "httpHeaders")).toEqual([{ name: "Host", value: "localhost" }])
    }
  })

  test("is reached from outside by its whole API, and by nothing else", () => {
    const paths = list(at(manifest("Ingress", "control-plane"), "spec", "rules", 0, "http", "paths"))
    const reached = (path: string): boolean =>
      paths.some((one) => {
        const prefix = String(at(one, "path"))
        return path === prefix || (at(one, "pathType") === "Prefix" && path.startsWith(`${prefix}/`))
      })
    expect([...routes].filter((path) => !reached(path))).toEqual([])
    for (const path of ["/docs", "/openapi.json", "/sign-in"]) expect(reached(path)).toBe(true)
    for (const path of ["/metrics", "/", "/admin/overview"]) expect(reached(path), path).toBe(false)
  })

  test("is found by those who choose it", () => {
    const labels = at(deployment, "spec", "template", "metadata", "labels")
    for (const selector of [
      at(deployment, "spec", "selector", "matchLabels"),
      at(manifest("Service", "control-plane"), "spec", "selector"),
      at(manifest("PodDisruptionBudget", "control-plane"), "spec", "selector", "matchLabels"),
      at(manifest("NetworkPolicy", "control-plane"), "spec", "podSelector", "matchLabels")
    ]) {
      expect(selector).toEqual(labels)
    }
  })
})

describe("our containers", () => {
  test("may do nothing that they need not, in Kubernetes", () => {
    for (const [workload, container] of [
      [deployment, plane],
      [statefulSet, node]
    ] as const) {
      const pod = podOf(workload)
      const security = { ...Object(at(pod, "securityContext")), ...Object(at(container, "securityContext")) }
      expect(security).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" }
      })
      expect(at(pod, "automountServiceAccountToken")).toBe(false)
      // A Service called infernet would set INFERNET_PORT.
      expect(at(pod, "enableServiceLinks")).toBe(false)
      expect(at(container, "resources", "limits", "memory")).toBeString()
    }
  })

  test("may do nothing that they need not, in Compose, where only loopback reaches them", () => {
    for (const service of ["control-plane", "node"]) {
      const made = at(compose, "services", service)
      expect(made).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] })
      expect(at(made, "deploy", "resources", "limits", "memory")).toBeString()
    }
    const ports = keys(at(compose, "services")).flatMap((name) => list(at(compose, "services", name, "ports")))
    expect(ports).toEqual(["127.0.0.1:46337:46337"])
    expect(at(compose, "networks", "database", "internal")).toBe(true)
  })
})
