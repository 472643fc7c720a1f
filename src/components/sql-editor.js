import {autocompletion, closeCompletion, completeFromList, ifNotIn} from "@codemirror/autocomplete";
import {PostgreSQL, sql} from "@codemirror/lang-sql";
import {syntaxHighlighting} from "@codemirror/language";
import {Compartment, Prec, StateEffect, StateField} from "@codemirror/state";
import {Decoration, EditorView, keymap} from "@codemirror/view";
import {classHighlighter} from "@lezer/highlight";
import {basicSetup} from "codemirror";

const markError = StateEffect.define();

const errorMark = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(markError)) return marksAt(transaction.state, effect.value);
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field)
});

/**
 * A CodeMirror editor for SQL: Ctrl/Cmd-Enter calls `onRun`, with Shift `onRunAll`; completion knows what `setSchema` is
 * given. Returns `{node, text, setText, insert, selection, setSchema, showError, focus}`; `selection()` is `{from, to}`,
 * `showError(position)` marks the word there and null takes the mark away; `onChange` hears of edits and moves.
 */
export function sqlEditor({
  text = "",
  label = "SQL",
  onRun = () => {},
  onRunAll = onRun,
  onChange = () => {}
}) {
  const language = new Compartment();
  const command = (run) => (editor) => (closeCompletion(editor), run(), true);
  const view = new EditorView({
    doc: text,
    extensions: [
      Prec.highest(
        keymap.of([
          {key: "Mod-Enter", run: command(() => onRun()), preventDefault: true},
          {key: "Mod-Shift-Enter", run: command(() => onRunAll()), preventDefault: true}
        ])
      ),
      basicSetup,
      language.of(sql({dialect: PostgreSQL})),
      syntaxHighlighting(classHighlighter),
      autocompletion({icons: false}),
      errorMark,
      EditorView.updateListener.of((update) => {
        if (update.docChanged || update.selectionSet) onChange();
      }),
      EditorView.editorAttributes.of({class: "sql-editor"}),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({
        "aria-label": label,
        tabindex: "0",
        spellcheck: "false",
        autocapitalize: "off"
      })
    ]
  });
  return {
    node: view.dom,
    text: () => view.state.doc.toString(),
    setText: (next) => view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: next}}),
    insert: (word) => {
      view.dispatch(view.state.replaceSelection(word));
      view.focus();
    },
    selection: () => {
      const {from, to} = view.state.selection.main;
      return {from, to};
    },
    setSchema: (tables, extra = []) =>
      view.dispatch({effects: language.reconfigure(languageOf(tables, extra))}),
    showError: (position) => view.dispatch({effects: markError.of(position)}),
    focus: () => view.focus()
  };
}

function languageOf(tables, extra) {
  const complete = completeFromList(extra);
  const words = (context) => (context.matchBefore(/\.\w*$/) ? null : complete(context));
  const outside = ifNotIn(["LineComment", "BlockComment", "String", "QuotedIdentifier"], words);
  return [
    sql({dialect: PostgreSQL, schema: namesOf(tables)}),
    PostgreSQL.language.data.of({autocomplete: outside})
  ];
}

/** `{table: [column, …], "schema.table": […]}`, as completion wants it. */
function namesOf(tables) {
  return Object.fromEntries(
    tables.flatMap(({schema, table, columns}) => {
      const names = columns.map(({name, type}) => ({
        label: name,
        detail: type.toLowerCase(),
        type: "property"
      }));
      return [
        [table, names],
        [`${schema}.${table}`, names]
      ];
    })
  );
}

function marksAt(state, position) {
  if (position === null) return Decoration.none;
  const at = Math.min(Math.max(position, 0), state.doc.length);
  const line = state.doc.lineAt(at);
  const word = /^("[^"]*"|'[^']*'|[\w.]+|\S)/.exec(line.text.slice(at - line.from))?.[0] ?? "";
  const marks = [Decoration.line({class: "error-line"}).range(line.from)];
  if (word) marks.push(Decoration.mark({class: "error-word"}).range(at, at + word.length));
  return Decoration.set(marks);
}
