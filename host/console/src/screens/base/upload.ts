/** An upload: files with their names, sent as one form. Only an XMLHttpRequest tells how much was sent. */

import { ApiError } from "../../api/call";
import { adminKey, keyWanted } from "../../api/key";

export interface Named {
  /** What will be the document's id: its path within what was dropped. */
  name: string;
  file: File;
}

export function upload<T>(path: string, files: Named[], progress: (done: number, total: number) => void, signal: AbortSignal): Promise<T> {
  const boundary = `qianfan-${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    if (adminKey.value !== null) request.setRequestHeader("authorization", `Bearer ${adminKey.value}`);
    request.setRequestHeader("content-type", `multipart/form-data; boundary=${boundary}`);
    request.upload.onprogress = ({ loaded, total }) => progress(loaded, total);
    request.onload = () => {
      let body: unknown = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // Told below with its status.
      }
      if (request.status < 300) return done(body as T);
      if (request.status === 401) keyWanted.value = adminKey.value === null ? "missing" : "wrong";
      const error = (body as { error?: { code: string; message: string } } | null)?.error;
      fail(new ApiError(request.status, error?.code ?? `http_${request.status}`, error?.message ?? request.statusText, request.getResponseHeader("x-request-id"), body));
    };
    request.onerror = () => fail(new ApiError(0, "unreachable", "the connection broke while the files were sent"));
    request.onabort = () => fail(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(formOf(files, boundary));
  });
}

/** A form of files. A browser's own writes `%22` for a quote in a name, which would become the document's. */
function formOf(files: Named[], boundary: string): Blob {
  const parts = files.flatMap(({ name, file }) => {
    const said = name.replace(/"/g, '\\"').replace(/\r/g, "%0D").replace(/\n/g, "%0A");
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${said}"\r\ncontent-type: ${file.type || "application/octet-stream"}\r\n\r\n`;
    return [head, file, "\r\n"];
  });
  return new Blob([...parts, `--${boundary}--\r\n`]);
}

/** What was dropped, folders with all that is in them. */
export async function droppedFiles(transfer: DataTransfer): Promise<Named[]> {
  // What was dropped can be asked for now and not later.
  const dropped = [...transfer.items].filter(({ kind }) => kind === "file").map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = await Promise.all(dropped.map(async ({ entry, file }) => (entry ? within(entry, "") : file ? [{ name: file.name, file }] : [])));
  return found.flat();
}

async function within(entry: FileSystemEntry, above: string): Promise<Named[]> {
  const name = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    return [{ name, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Named[] = [];
  // A reader gives a part at a time, and nothing when it is done.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (entries.length === 0) return found;
    for (const inner of entries) found.push(...(await within(inner, `${name}/`)));
  }
}
