import ts from 'typescript';

/** The Markdown reference of the library: every export of src/index.ts, with its type and its documentation comments. */
export function libraryPage() {
  const {config} = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const {options} = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  const program = ts.createProgram(['src/index.ts'], {...options, noEmit: true});
  const checker = program.getTypeChecker();
  const index = program.getSourceFile('src/index.ts');
  const exported = checker
    .getExportsOfModule(checker.getSymbolAtLocation(index))
    .map(symbol => ({name: symbol.name, symbol: targetOf(symbol, checker)}));
  const sorted = exported.sort((one, other) => (one.name < other.name ? -1 : 1));
  const functions = sorted.filter(
    ({symbol}) =>
      !symbol.declarations.some(ts.isTypeAliasDeclaration) && symbol.flags & ts.SymbolFlags.Variable,
  );
  const classes = sorted.filter(({symbol}) => symbol.flags & ts.SymbolFlags.Class);
  const types = sorted.filter(entry => !functions.includes(entry) && !classes.includes(entry));
  return [
    '# Types of the library',
    "Generated from the types of the package: `import {createProxy} from 'retake'`. [Library](../library.md) has an example of each.",
    '## Functions',
    ...functions.flatMap(({name, symbol}) => describeFunction(name, symbol, checker)),
    '## Classes',
    ...classes.flatMap(({name, symbol}) => describeClass(name, symbol, checker)),
    '## Types',
    ...types.flatMap(({name, symbol}) => describeType(name, symbol, checker)),
    '## Test kits',
    'The kits have entry points of their own, with the options on their pages: [`retake/vitest`](../vitest.md), [`retake/jest`](../jest.md), [`retake/node-test`](../node-test.md), [`retake/ava`](../ava.md). The Python package `retake` is described on [pytest](../pytest.md) and [unittest](../unittest.md), and the Go module on [Go](../go.md).',
    '',
  ].join('\n\n');
}

function targetOf(symbol, checker) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function describeFunction(name, symbol, checker) {
  const type = checker.getTypeOfSymbolAtLocation(symbol, symbol.valueDeclaration);
  const signatures = type.getCallSignatures().map(signature => {
    const parameters = signature.parameters.map(parameter => parameterText(parameter, checker)).join(', ');
    const isTuple = signature.parameters.some(({valueDeclaration}) => valueDeclaration.dotDotDotToken);
    if (isTuple)
      return name + checker.signatureToString(signature, undefined, ts.TypeFormatFlags.NoTruncation);
    return `${name}(${parameters}): ${checker.typeToString(signature.getReturnType(), undefined, ts.TypeFormatFlags.NoTruncation)}`;
  });
  return [`### ${name}`, code(signatures.join('\n')), ...documentation(symbol, checker)];
}

function parameterText(parameter, checker) {
  const {valueDeclaration} = parameter;
  // The tuple of another function's parameters.
  if (!ts.isParameter(valueDeclaration)) return parameter.name;
  const type = checker.getTypeOfSymbolAtLocation(parameter, valueDeclaration);
  const text =
    valueDeclaration.type?.getText() ??
    checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
  const isOptional =
    valueDeclaration.questionToken !== undefined || valueDeclaration.initializer !== undefined;
  const name = ts.isIdentifier(valueDeclaration.name) ? valueDeclaration.name.text : 'options';
  return `${name}${isOptional ? '?' : ''}: ${oneLine(text)}`;
}

function describeClass(name, symbol, checker) {
  const members = symbol.valueDeclaration.members.filter(
    member => ts.isPropertyDeclaration(member) && member.type !== undefined,
  );
  const base = symbol.valueDeclaration.heritageClauses?.map(clause => clause.getText()).join(' ') ?? '';
  return [
    `### ${name}`,
    code(`class ${name} ${base}`.trim()),
    ...documentation(symbol, checker),
    table(members, checker),
  ];
}

function describeType(name, symbol, checker) {
  const parts = [`### ${name}`, ...documentation(symbol, checker)];
  const contract = symbol.declarations.find(ts.isInterfaceDeclaration);
  if (contract) return [...parts, table(contract.members, checker)];
  const {type} = symbol.declarations.find(ts.isTypeAliasDeclaration);
  const literals = (type && ts.isIntersectionTypeNode(type) ? type.types : [type]).filter(
    part => part && ts.isTypeLiteralNode(part),
  );
  if (literals.length === 0) return [...parts, code(`type ${name} = ${definition(type, checker)}`)];
  const others = ts.isIntersectionTypeNode(type) ? type.types.filter(part => !literals.includes(part)) : [];
  if (others.length > 0)
    parts.push(`Also has what \`${others.map(part => oneLine(part.getText())).join('` and `')}\` has.`);
  return [
    ...parts,
    table(
      literals.flatMap(({members}) => members),
      checker,
    ),
  ];
}

/** A type that is derived from a value is shown as what it is. */
function definition(type, checker) {
  const text = oneLine(type.getText());
  if (!/typeof|Static</.test(text)) return text;
  return checker.typeToString(
    checker.getTypeAtLocation(type),
    undefined,
    ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias,
  );
}

function table(members, checker) {
  const rows = [...members]
    .filter(member => member.name !== undefined)
    .map(member => {
      const symbol = checker.getSymbolAtLocation(member.name);
      const isOptional = member.questionToken !== undefined;
      return `| \`${member.name.getText()}${isOptional ? '?' : ''}\` | ${cell(typeText(member))} | ${oneLine(comment(symbol, checker)).replaceAll('|', '\\|')} |`;
    });
  return ['| member | type | meaning |', '|---|---|---|', ...rows].join('\n');
}

function typeText(member) {
  if (ts.isMethodSignature(member)) {
    const parameters = member.parameters.map(parameter => oneLine(parameter.getText())).join(', ');
    return `(${parameters}) => ${oneLine(member.type?.getText() ?? 'void')}`;
  }
  return oneLine(member.type?.getText() ?? '').replace(/ \| undefined$/, '');
}

const cell = text => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``);
const code = text => `\`\`\`ts\n${text}\n\`\`\``;

function oneLine(text) {
  return text
    .replaceAll(/\/\*\*?[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function documentation(symbol, checker) {
  const text = comment(symbol, checker);
  const thrown = symbol
    .getJsDocTags(checker)
    .filter(({name}) => name === 'throws')
    .map(({text: parts}) => `Throws ${oneLine(ts.displayPartsToString(parts))}.`);
  return [text, ...thrown].filter(part => part !== '');
}

function comment(symbol, checker) {
  return ts
    .displayPartsToString(symbol?.getDocumentationComment(checker) ?? [])
    .replaceAll(/\{@link (\w+)\}/g, '`$1`');
}
