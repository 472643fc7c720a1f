import {addressOf, categorical, plainQuestion} from "./builder-address.js";
import {examplesOf} from "./builder-examples.js";
import {addressOf as sqlAddressOf} from "./sql-address.js";
import {sqlQuestions} from "./sql-questions.js";

/**
 * What the palette finds of the data: the questions to start from, and each member against last year, as `{label, kind,
 * page, search}`. Inputs as of `semantic.json` and `question.json`.
 */
export function paletteQuestions({definitions, offered}) {
  const question = (label, kind, asked) => ({
    label,
    kind,
    page: "explore/question",
    search: addressOf(asked)
  });
  if (offered.through === null) return [];
  const plain = plainQuestion({definitions, offered});
  const dimensions = categorical(definitions);
  const members = dimensions.flatMap(({name, label}) => {
    const by = dimensions.find((one) => one.name !== name);
    const listed = (offered.members[name]?.listed ?? []).filter(({member}) => isName(member));
    return listed.map(({member}) =>
      question(member, label.toLowerCase(), {
        ...plain,
        by: by ? [by.name] : [],
        filters: {[name]: [member]},
        vs: "last_year"
      })
    );
  });
  return [
    ...examplesOf({definitions, offered}).map(({text, asked}) => question(text, "question", asked)),
    ...Object.values(sqlQuestions(offered))
      .flat()
      .map(({text, ...asked}) => ({
        label: text,
        kind: "question",
        page: "explore/sql",
        search: sqlAddressOf(asked)
      })),
    ...members
  ];
}

/** Whether a member says what it is: not so of null, of "n/a" and of yes and no. */
function isName(member) {
  return member !== null && !["", "n/a", "true", "false"].includes(member);
}
