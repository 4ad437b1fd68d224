import { inspect } from "node:util";
import { expect, test } from "vitest";
import { readServerSettings } from "../../src/server/server-settings.js";

test("without flags and environment it listens on loopback and keeps its data in the working folder", () => {
  expect(readServerSettings({}, {})).toEqual({
    configFile: undefined,
    dataDir: ".chainwatch/data",
    host: "127.0.0.1",
    port: 4318,
    token: undefined,
    tokenFile: undefined,
    externalUrl: undefined,
    jaegerUrl: undefined,
    source: undefined,
    retention: { days: 14, rollUpDays: 400, maxBytes: 5_000_000_000 },
    language: "en",
    pageLanguage: undefined,
  });
});

test("flags win over the environment, and an empty variable counts as unset", () => {
  const env = {
    CHAINWATCH_PORT: "5000",
    CHAINWATCH_DATA_DIR: "/var/watch",
    CHAINWATCH_CONFIG: "",
    CHAINWATCH_LANG: "zh_CN.UTF-8",
  };
  expect(readServerSettings({ port: "0" }, env)).toMatchObject({
    port: 0,
    dataDir: "/var/watch",
    configFile: undefined,
    language: "zh",
    pageLanguage: "zh",
  });
});

test("data is kept as long, and as much, as the environment says", () => {
  const env = { CHAINWATCH_RETENTION_DAYS: "30", CHAINWATCH_RETENTION_GB: "0.5", CHAINWATCH_ROLL_UP_DAYS: "800" };
  expect(readServerSettings({}, env).retention).toEqual({ days: 30, rollUpDays: 800, maxBytes: 500_000_000 });
  expect(readServerSettings({}, { CHAINWATCH_RETENTION_DAYS: "500" }).retention).toMatchObject({ rollUpDays: 500 });
});

test("the locale decides for the console alone: a browser has a language of its own", () => {
  expect(readServerSettings({}, { LANG: "zh_CN.UTF-8" })).toMatchObject({ language: "zh", pageLanguage: undefined });
});

test.each([
  [{ port: "80a" }, {}, /option "port": expected a port from 0 to 65535, found "80a" \(at --port\)\. Cure: .*4318/],
  [{}, { CHAINWATCH_PORT: "70000" }, /found "70000" \(at CHAINWATCH_PORT\)/],
  [{ "data-dir": "" }, {}, /option "data-dir": expected a value, found "" \(at --data-dir\)/],
  [
    {},
    { CHAINWATCH_RETENTION_DAYS: "0" },
    /"retention": expected a whole number from 1 to 3650, found "0" \(at CHAINWATCH_RETENTION_DAYS\)\. Cure: .*14/,
  ],
  [{}, { CHAINWATCH_RETENTION_GB: "-1" }, /expected a number from 0\.1 to 10000, found "-1"/],
  [{}, { CHAINWATCH_RETENTION_DAYS: "30", CHAINWATCH_ROLL_UP_DAYS: "14" }, /expected a whole number from 30 to 3650/],
  [{}, { CHAINWATCH_LANG: "fr" }, /option "lang": expected en or zh, found "fr"/],
  [{ "external-url": "watch.example.com" }, {}, /option "external-url": expected an http or https address/],
  [{ "external-url": "javascript:alert(1)" }, {}, /option "external-url"/],
  [{ "jaeger-url": "127.0.0.1:16686" }, {}, /option "jaeger-url": expected an http or https.*127\.0\.0\.1:16686/],
  [{}, { CHAINWATCH_JAEGER_URL: "javascript:alert(1)" }, /option "jaeger-url".*\(at CHAINWATCH_JAEGER_URL\)/],
  [{}, { CHAINWATCH_SOURCE: "prometheus" }, /option "source": expected local, or prometheus=URL.*CHAINWATCH_SOURCE/],
])("%j with %j is refused with the place and the cure", (flags, env, message) => {
  expect(() => readServerSettings(flags, env)).toThrow(message);
});

test.each(["0.0.0.0", "::", "192.168.1.5", "watch.example.com", "127.0.0.1.example.com"])(
  "listening on %s without a token is refused",
  (host) => {
    expect(() => readServerSettings({ host }, {})).toThrow(/option "host".*set CHAINWATCH_TOKEN/);
    expect(readServerSettings({}, { CHAINWATCH_HOST: host, CHAINWATCH_TOKEN: "t0ken" }).token?.matches("t0ken")).toBe(
      true,
    );
  },
);

test("a file for the token does as well as the token, and not both", () => {
  const file = { CHAINWATCH_TOKEN_FILE: "/run/chainwatch/token" };
  const settings = readServerSettings({ host: "0.0.0.0" }, file);
  expect(settings).toMatchObject({ tokenFile: "/run/chainwatch/token", token: undefined });
  expect(() => readServerSettings({}, { ...file, CHAINWATCH_TOKEN: "s3cret" })).toThrow(
    /expected the token in CHAINWATCH_TOKEN or in the file.*found "both".*unset one/,
  );
  expect(readServerSettings({}, { ...file, CHAINWATCH_TOKEN: "" }).tokenFile).toBe("/run/chainwatch/token");
});

test("Jaeger and the source are read from flags, else from variables", () => {
  const env = { CHAINWATCH_JAEGER_URL: "http://127.0.0.1:16686/", CHAINWATCH_SOURCE: "prometheus=http://prom:9090" };
  expect(readServerSettings({}, env)).toMatchObject({
    jaegerUrl: "http://127.0.0.1:16686",
    source: { url: "http://prom:9090" },
  });
  expect(readServerSettings({ source: "local", "jaeger-url": "https://j.example.com" }, env)).toMatchObject({
    jaegerUrl: "https://j.example.com",
    source: undefined,
  });
});

test.each(["127.0.0.1", "127.8.9.1", "localhost", "::1"])("listening on %s needs no token", (host) => {
  expect(readServerSettings({ host }, {}).host).toBe(host);
});

test("no way of printing settings or their errors shows a secret", () => {
  const settings = readServerSettings({}, { CHAINWATCH_TOKEN: "s3cret" });
  expect([JSON.stringify(settings), inspect(settings), `${settings.token}`].join()).not.toContain("s3cret");
  expect(JSON.stringify(settings)).toContain('"token":"[redacted]"');
  for (const env of [
    { CHAINWATCH_TOKEN: "s3cret words" },
    { CHAINWATCH_EXTERNAL_URL: "https://me:s3cret@example.com" },
  ]) {
    let message = "";
    try {
      readServerSettings({}, env);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain("expected");
    expect(message).not.toContain("s3cret");
  }
});

test("the external URL loses its trailing slash, because links are appended to it", () => {
  expect(readServerSettings({ "external-url": "https://example.com/watch/" }, {}).externalUrl).toBe(
    "https://example.com/watch",
  );
});
