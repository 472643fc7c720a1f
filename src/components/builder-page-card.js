import {answerCard} from "./builder-card.js";
import {measuresOf, planOf} from "./builder-plan.js";
import {answerRows} from "./builder-rows.js";

/** The card of a page that was made of a question: `rows` are those of its loader, each with its `span`. */
export function pageCard(asked, rows, {definitions, offered}) {
  const plan = planOf(asked, {definitions, offered});
  const spanOf = (name) => rows.filter(({span}) => span === name);
  const total = spanOf("total")[0] ?? (plan.groups.length ? undefined : spanOf("current")[0]);
  const baseTotal = spanOf("base_total")[0] ?? (plan.groups.length ? undefined : spanOf("base")[0]);
  const parts = {current: spanOf("current"), base: spanOf("base"), total, baseTotal};
  const answer = answerRows(plan, measuresOf(asked, definitions), parts);
  return answerCard(plan, answer, {definitions, offered, isFixed: true});
}
