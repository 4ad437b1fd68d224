import type { StatusView } from "../api/status-view.js";
import { connection } from "./connection.js";
import { chooseLanguage, language, say } from "./language.js";
import { route } from "./route.js";
import { chosenService } from "./service-filter.js";

export function Header({ status, firing }: { status: StatusView | undefined; firing: number }) {
  const { view } = route.value;
  return (
    <header class="header">
      <a class="brand" href="/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path
            d="M13.2 18.8 10.6 21.4a4.2 4.2 0 0 1-6-6l4-4a4.2 4.2 0 0 1 6.2.2M18.8 13.2l2.6-2.6a4.2 4.2 0 0 1 6 6l-4 4a4.2 4.2 0 0 1-6.2-.2"
            fill="none"
            stroke="currentColor"
            stroke-width="2.6"
            stroke-linecap="round"
          />
          <circle cx="16" cy="16" r="2.4" fill="currentColor" />
        </svg>
        Chainwatch
      </a>
      <nav aria-label={say({ en: "Views", zh: "视图" })}>
        <NavLink href="/" current={view === "board"}>
          {say({ en: "Board", zh: "看板" })}
        </NavLink>
        <NavLink href="/traces" current={view === "traces" || view === "trace" || view === "requests"}>
          {say({ en: "Traces", zh: "链路" })}
        </NavLink>
        <NavLink href="/alerts" current={view === "alerts"}>
          {say({ en: "Alerts", zh: "告警" })}
          {firing > 0 && <span class="count">{firing}</span>}
        </NavLink>
      </nav>
      <div class="header-end">
        {status && <ServicePicker services={status.services.map(({ service }) => service)} />}
        <ConnectionDot />
        <button
          type="button"
          class="plain"
          lang={language.value === "zh" ? "en" : "zh-CN"}
          onClick={() => chooseLanguage(language.value === "zh" ? "en" : "zh")}
        >
          {language.value === "zh" ? "English" : "中文"}
        </button>
      </div>
    </header>
  );
}

function NavLink({ href, current, children }: { href: string; current: boolean; children: preact.ComponentChildren }) {
  return (
    <a href={href} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}

function ServicePicker({ services }: { services: string[] }) {
  const names = [...new Set(services)].sort();
  if (names.length < 2) return null;
  return (
    <label class="picker">
      <span class="sr-only">{say({ en: "Service", zh: "服务" })}</span>
      <select
        value={chosenService.value ?? ""}
        onChange={(event) => {
          chosenService.value = event.currentTarget.value || undefined;
        }}
      >
        <option value="">{say({ en: "All services", zh: "全部服务" })}</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function ConnectionDot() {
  const words = {
    connecting: { en: "Connecting", zh: "连接中" },
    live: { en: "Live", zh: "实时" },
    lost: { en: "Offline", zh: "离线" },
    locked: { en: "Locked", zh: "已锁定" },
  }[connection.value];
  return (
    <span class={`connection ${connection.value}`} role="status">
      {say(words)}
    </span>
  );
}
