/** Where one can go, in the order in which it is shown; the palette and the side bar read it. */
import Boxes from "lucide-solid/icons/boxes"
import Gauge from "lucide-solid/icons/gauge"
import KeyRound from "lucide-solid/icons/key-round"
import ListChecks from "lucide-solid/icons/list-checks"
import MessageSquare from "lucide-solid/icons/message-square"
import MonitorSmartphone from "lucide-solid/icons/monitor-smartphone"
import Server from "lucide-solid/icons/server"
import type { Component } from "solid-js"

export interface Place {
  readonly name: string
  readonly path: string
  readonly icon: Component<{ readonly size?: number }>
}

export interface Group {
  readonly name: string
  readonly places: ReadonlyArray<Place>
}

export const groups: ReadonlyArray<Group> = [
  {
    name: "Network",
    places: [
      { name: "Overview", path: "/", icon: Gauge },
      { name: "Models", path: "/models", icon: Boxes },
      { name: "Nodes", path: "/nodes", icon: Server }
    ]
  },
  {
    name: "Account",
    places: [
      { name: "Playground", path: "/playground", icon: MessageSquare },
      { name: "Jobs", path: "/jobs", icon: ListChecks },
      { name: "API keys", path: "/keys", icon: KeyRound },
      { name: "Browsers", path: "/sessions", icon: MonitorSmartphone }
    ]
  }
]
