/** Documents that the last imports could not read, each with its reason; those whose files are kept are tried again. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { get } from "../../api/call";
import type { FailedDocument, Page } from "../../api/types";
import { count } from "../../parts/format";
import { Empty, Shown, useLoad } from "../../parts/load";
import { Told } from "../../parts/told";
import { When } from "../../parts/when";
import { words } from "../../words";
import { Retry } from "./retry";

const PAGE = 200;

export interface FailedDocumentsProps {
  base: string;
  url: string;
  query: string;
  changed: () => void;
}

export function FailedDocuments({ base, url, query, changed }: FailedDocumentsProps): JSX.Element {
  const w = words().documents;
  const [shown, setShown] = useState(PAGE);
  const failed = useLoad((signal) => get<Page<FailedDocument>>(`${url}?limit=${shown}&${query}`, signal), [url, query, shown]);
  return (
    <Shown of={failed}>
      {({ data, total = data.length }) => {
        if (data.length === 0) return <Empty title={w.noneFailed} />;
        const jobs = [...new Set(data.flatMap(({ job, can_retry }) => (can_retry ? [job] : [])))];
        return (
          <>
            <div class="head found">
              <span class="muted" role="status">{w.failedCount(count(total))}</span>
              {jobs.map((job) => <Retry key={job} base={base} job={job} label={jobs.length > 1 ? w.retryCount(count(data.filter((one) => one.job === job).length)) : w.retry} started={changed} />)}
            </div>
            <ul class="reasons whole">
              {data.map((failed) => (
                <li key={failed.id}>
                  <b class="id">{failed.id}</b> <When class="muted small" at={failed.failed_at} />
                  {!failed.can_retry && <> <span class="muted small">{w.fileGone}</span></>}
                  <br /><Told class="small" text={failed.reason} fact={failed} />
                </li>
              ))}
            </ul>
            {data.length < total && <div class="buttons"><button type="button" onClick={() => setShown(shown + PAGE)}>{words().hit.rest(total - data.length)}</button></div>}
          </>
        );
      }}
    </Shown>
  );
}
