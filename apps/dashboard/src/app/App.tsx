/** All pages, each loaded when somebody goes there. */
import { Route, Router } from "@solidjs/router"
import { lazy } from "solid-js"
import { NotFound } from "../pages/NotFound.tsx"
import { Shell } from "./Shell.tsx"

const page = {
  overview: lazy(() => import("../pages/Overview.tsx")),
  models: lazy(() => import("../pages/models/Models.tsx")),
  nodes: lazy(() => import("../pages/nodes/Nodes.tsx")),
  model: lazy(() => import("../pages/models/ModelPage.tsx")),
  node: lazy(() => import("../pages/nodes/NodePage.tsx")),
  addNode: lazy(() => import("../pages/nodes/AddNode.tsx")),
  jobs: lazy(() => import("../pages/jobs/Jobs.tsx")),
  job: lazy(() => import("../pages/jobs/JobPage.tsx")),
  playground: lazy(() => import("../pages/playground/Playground.tsx")),
  keys: lazy(() => import("../pages/Keys.tsx")),
  sessions: lazy(() => import("../pages/Sessions.tsx"))
}

export const App = () => (
  <Router root={Shell}>
    <Route path="/" component={page.overview} />
    <Route path="/models" component={page.models} />
    <Route path="/models/:id" component={page.model} />
    <Route path="/nodes" component={page.nodes} />
    <Route path="/nodes/add" component={page.addNode} />
    <Route path="/nodes/:id" component={page.node} />
    <Route path="/jobs" component={page.jobs} />
    <Route path="/jobs/:id" component={page.job} />
    <Route path="/playground" component={page.playground} />
    <Route path="/keys" component={page.keys} />
    <Route path="/sessions" component={page.sessions} />
    <Route path="*" component={NotFound} />
  </Router>
)
