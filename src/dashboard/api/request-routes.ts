import type { TelemetryStore } from "../../store/telemetry-store.js";
import { UserDeletionError } from "../../store/user-deletion-error.js";
import type { ApiRoute } from "./api.js";
import { ApiError } from "./api-error.js";
import { type DeletedUserView, deletedUserView } from "./deleted-user-view.js";
import { Download } from "./download.js";
import { requestFilter } from "./filter.js";
import { type RequestDaysView, requestDaysView } from "./request-days-view.js";
import { EXPORT_FORMATS, JSON_LINES, requestsExport } from "./requests-export.js";
import { requestsView } from "./requests-view.js";

export interface RequestSources {
  store: Pick<TelemetryStore, "requestPage" | "requestDays" | "requestLines" | "deleteUser">;
  /** Something that pages show is gone. */
  onDeleted(): void;
  /** Unix time, milliseconds. */
  nowMs(): number;
}

/** The request records, also as files, and the end of what is stored of a user. */
export function requestRoutes({ store, onDeleted, nowMs }: RequestSources): ApiRoute[] {
  let isDeleting = false;
  const deleteUser = async (user: string): Promise<DeletedUserView> => {
    if (isDeleting) {
      throw new ApiError(409, "a user's data is being deleted, one at a time: delete again when that has ended");
    }
    isDeleting = true;
    try {
      const deletion = await store.deleteUser(user);
      return deletedUserView(user, deletion);
    } catch (error) {
      if (!(error instanceof UserDeletionError)) throw error;
      throw new ApiError(error.reason === "disk_full" ? 507 : 503, error.message);
    } finally {
      isDeleting = false;
      // After a failure, parts may be gone.
      onDeleted();
    }
  };

  return [
    {
      method: "GET",
      path: "/api/requests",
      answer: ({ query }) => requestsView(store, query, nowMs()),
    },
    {
      method: "GET",
      path: "/api/requests/export",
      answer({ query }) {
        const format = query.oneOf("format", EXPORT_FORMATS) ?? "jsonl";
        const filter = requestFilter(query, nowMs());
        query.end();
        return requestsExport(store, filter, format);
      },
    },
    {
      method: "GET",
      path: "/api/requests/days",
      async answer({ query }): Promise<RequestDaysView> {
        query.end();
        return requestDaysView(await store.requestDays());
      },
    },
    {
      method: "GET",
      path: "/api/requests/days/:id",
      async answer({ query, id }) {
        query.end();
        if (!/^\d{4}-\d{2}-\d{2}$/.test(id)) {
          const [expected, found] = ["a UTC day such as 2026-01-31", JSON.stringify(id.slice(0, 80))];
          throw new ApiError(400, `the day: expected ${expected}, found ${found}`, { expected, found });
        }
        const lines = await store.requestLines(id);
        if (lines !== undefined) return new Download(`requests_${id}.jsonl`, JSON_LINES, lines);
        const days = (await store.requestDays()).map(({ day }) => day);
        throw new ApiError(404, `no JSON lines of ${id}`, { expected: days.join(", ") || "none yet", found: id });
      },
    },
    {
      // Not in the path, which cannot end in `.` or `..`.
      method: "DELETE",
      path: "/api/users",
      answer({ query }) {
        const id = query.text("id");
        query.end();
        if (id === undefined) throw new ApiError(400, "id: expected the user", { expected: "id" });
        return deleteUser(id);
      },
    },
  ];
}
