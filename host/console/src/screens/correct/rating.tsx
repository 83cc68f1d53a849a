/** A thumb up or down, and what is wrong where it is down. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { post } from "../../api/call";
import type { Feedback } from "../../api/types";
import { useAct } from "../../parts/act";
import { Failed } from "../../parts/load";
import { Thumb } from "../../parts/thumb";
import { words } from "../../words";

/** Ratings of this visit: what is shown of a turn may be older. */
const rated = new Map<string, Feedback>();

/** What is thought of a turn, as far as this page knows. */
export function ratingOf(turn: string, given: Feedback | null | undefined): Feedback | null {
  return rated.get(turn) ?? given ?? null;
}

export function Rating({ turn, given }: { turn: string; given: Feedback | null }): JSX.Element {
  const w = words().correct;
  const [now, setNow] = useState(() => ratingOf(turn, given));
  const [comment, setComment] = useState(now?.comment ?? "");
  const { isBusy: isSaving, error, act } = useAct();
  const rate = (rating: "up" | "down", comment = "") => {
    const body = comment.trim() ? { turn, rating, comment: comment.trim() } : { turn, rating };
    const said: Feedback = { rating, comment: comment.trim() || null };
    act(() => post("/v1/feedback", body).then(() => { rated.set(turn, said); setNow(said); }));
  };
  return (
    <div class="rating">
      <div class="buttons" role="group" aria-label={w.rating}>
        {(["up", "down"] as const).map((rating) => (
          <button key={rating} type="button" aria-pressed={now?.rating === rating} disabled={isSaving} onClick={() => rate(rating, rating === "down" ? comment : "")}>
            <Thumb down={rating === "down"} /> {w.ratings[rating]}
          </button>
        ))}
      </div>
      {now?.rating === "down" && (
        <form class="line" onSubmit={(event) => { event.preventDefault(); rate("down", comment); }}>
          <input aria-label={w.comment} placeholder={w.comment} maxLength={1000} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
          <button type="submit" disabled={isSaving || !comment.trim() || comment.trim() === now.comment}>{w.send}</button>
        </form>
      )}
      {now?.rating === "down" && now.comment && <p class="small muted" role="status">{w.noted(now.comment)}</p>}
      {error && <Failed error={error} />}
    </div>
  );
}
