import type { BilingualText } from "../../indicators/language.js";
import type { StatusView } from "../api/status-view.js";
import { connection } from "./connection.js";
import { chooseLanguage, language, say } from "./language.js";
import { choose, chosen, route, type ViewName, viewPath } from "./route.js";
import { chooseTheme, theme } from "./theme.js";

const VIEW_NAMES: Readonly<Record<ViewName, BilingualText>> = {
  now: { en: "Now", zh: "实时" },
  trends: { en: "Trends", zh: "趋势" },
  costs: { en: "Costs", zh: "成本" },
  compare: { en: "Compare", zh: "对比" },
  traces: { en: "Traces", zh: "链路" },
  requests: { en: "Requests", zh: "请求" },
  alerts: { en: "Alerts", zh: "告警" },
  setup: { en: "Set-up", zh: "接入" },
};

export function Header({ status, firing }: { status: StatusView | undefined; firing: number }) {
  const view = route.value.view === "trace" ? "traces" : route.value.view;
  return (
    <header class="header">
      <a class="brand" href={viewPath("now")}>
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
        {(Object.keys(VIEW_NAMES) as ViewName[]).map((name) => (
          <a key={name} href={viewPath(name)} aria-current={view === name ? "page" : undefined}>
            {say(VIEW_NAMES[name])}
            {name === "alerts" && firing > 0 && <span class="count">{firing}</span>}
          </a>
        ))}
      </nav>
      <div class="header-end">
        {status && <ServicePicker services={status.services.map(({ service }) => service)} />}
        <ConnectionDot />
        <ThemeButton />
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

function ServicePicker({ services }: { services: string[] }) {
  const names = [...new Set(services)].sort();
  if (names.length < 2) return null;
  return (
    <label class="picker">
      <span class="sr-only">{say({ en: "Service", zh: "服务" })}</span>
      <select value={chosen("service") ?? ""} onChange={(event) => choose("service", event.currentTarget.value)}>
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

function ThemeButton() {
  const other = theme.value === "dark" ? "light" : "dark";
  const words = { light: { en: "Light theme", zh: "浅色主题" }, dark: { en: "Dark theme", zh: "深色主题" } }[other];
  return (
    <button type="button" class="plain" aria-label={say(words)} title={say(words)} onClick={() => chooseTheme(other)}>
      <span aria-hidden="true">{other === "light" ? "☀" : "☾"}</span>
    </button>
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
