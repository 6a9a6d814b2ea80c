// The page about the HTTP API, made from openapi.json.

import { $, element } from "./page.js";

const api = await fetch("/openapi.json").then((answer) => answer.json());

function table(heads, rows) {
  const cells = (tag, texts) => texts.map((text) => element(tag, {}, text));
  const head = element("thead", {}, element("tr", {}, ...cells("th", heads)));
  return element("table", {}, head, element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells("td", row)))));
}

const code = (text) => element("code", { textContent: text });
const last = (ref) => ref.split("/").at(-1);

// A schema in a few words, with links to those that have a name.
function words(schema) {
  if (schema.$ref) return element("a", { href: `#${last(schema.$ref)}`, textContent: last(schema.$ref) });
  const choices = schema.allOf ?? schema.anyOf;
  if (choices) return element("span", {}, ...choices.flatMap((each, i) => [i ? (schema.allOf ? " and " : " or ") : "", words(each)]));
  if (schema.items) return element("span", {}, "list of ", words(schema.items));
  if (schema.enum) return schema.enum.join(" or ");
  return schema.const ?? [schema.type].flat().join(" or ");
}

function properties(schema) {
  return [schema, ...(schema.allOf ?? schema.anyOf ?? [])].flatMap((each) => Object.entries(each.properties ?? {}));
}

function operation(path, method, { summary, parameters = [], requestBody, responses }) {
  const rows = parameters.map(({ name, schema, description }) => [code(name), words(schema), description]);
  const answers = Object.entries(responses).map(([status, { description, content }]) => {
    const [kind] = Object.entries(content);
    return [status, description, element("span", {}, code(kind[0]), " ", words(kind[1].schema))];
  });
  return element(
    "section",
    {},
    element("h2", {}, code(`${method.toUpperCase()} ${path}`)),
    element("p", { textContent: summary }),
    ...(requestBody ? [element("p", { className: "quiet", textContent: `Body: ${requestBody.description}` })] : []),
    ...(rows.length ? [table(["parameter", "is", "meaning"], rows)] : []),
    table(["status", "means", "body"], answers),
  );
}

$("api").append(
  element("p", { textContent: api.info.description }),
  ...Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, its]) => operation(path, method, its))),
  ...Object.entries(api.components.schemas).map(([name, schema]) =>
    element("section", { id: name }, element("h2", {}, code(name)), table(["key", "is", "meaning"], properties(schema).map(([key, its]) => [code(key), words(its), its.description ?? ""]))),
  ),
);
document.body.dataset.ready = "";
