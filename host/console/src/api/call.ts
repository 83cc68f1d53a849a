/** One call of the host's API, with the key, and its errors as the API words them. */

import { adminKey, keyWanted } from "./key";
import { away, lost } from "./link";
import type { Fact } from "./types";
import { learned } from "./worded";

/** Why there is no answer: the host's own code and words, or that it was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** The request's id, for the log. */
    readonly request: string | null = null,
    /** The whole answer, where it is JSON: some errors say more than their message, such as a line. */
    readonly body: unknown = null,
  ) {
    super(message);
  }

  /** The finer fact within the code, where the host names it. */
  get fact(): Fact {
    const error = (this.body as { error?: Fact } | null)?.error;
    return error ?? {};
  }
}

/** The code of an error that is the network's, not the host's. */
export const UNREACHABLE = "unreachable";

export async function answered(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (adminKey.value !== null) headers.set("authorization", `Bearer ${adminKey.value}`);
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    lost();
    throw new ApiError(0, UNREACHABLE, String(error instanceof Error ? error.message : error));
  }
  if (away.value !== null) away.value = null;
  if (!response.ok) throw await refusal(response);
  return response;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await answered(path, signal ? { signal } : {});
  return learned((await response.json()) as T);
}

export function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return send("POST", path, body, signal);
}

export function patch<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return send("PATCH", path, body, signal);
}

async function send<T>(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await answered(path, signal ? { ...init, signal } : init);
  return learned((await response.json()) as T);
}

/** The error of an answer, in the words of the API. */
export async function refusal(response: Response): Promise<ApiError> {
  const said = await words(response.text().catch(() => ""));
  if (response.status === 401) keyWanted.value = adminKey.value === null ? "missing" : "wrong";
  return new ApiError(response.status, said.code, said.message, response.headers.get("x-request-id"), said.body);

  async function words(body: Promise<string>): Promise<{ code: string; message: string; body: unknown }> {
    const text = await body;
    try {
      const body = JSON.parse(text) as { error: { code: string; message: string } };
      learned(body.error);
      return { code: String(body.error.code), message: String(body.error.message), body };
    } catch {
      return { code: `http_${response.status}`, message: text.slice(0, 2000) || response.statusText, body: null };
    }
  }
}

/** One segment of a path. */
export function segment(name: string): string {
  return encodeURIComponent(name);
}

/** A path with its query; what is empty is left out. */
export function path(base: string, query: Record<string, string | number | undefined | null>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${base}?${text}` : base;
}
