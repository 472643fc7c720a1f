import {shownDays, memberText} from "./crossfilter-view.js";

/**
 * What is asked of a member or of a bar of days under a view's other choices (see mark-menu.js): `{title, measure, from,
 * to, filters}`. Null where the view has what cannot be asked of there: a range of numbers, members that are not known.
 */
export function markOf(view, frame, {name, member, days, title = memberText(member)}) {
  const time = frame.charts.find(({kind}) => kind === "time");
  if (Object.keys(view.ranges).some((one) => one !== time?.name)) return null;
  const filters = days ? view.members : {...view.members, [name]: [member]};
  if (Object.values(filters).some((members) => members.includes(null))) return null;
  const {from, to} = days ?? view.ranges[time?.name] ?? shownDays(frame) ?? {};
  return {title, measure: view.measure, from, to, filters};
}
