import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** What one file takes from another of ours. */
interface Taken {
  from: string;
  names: string[];
  typesOnly: boolean;
}

export interface SourceFile {
  path: string;
  lines: number;
  imports: number;
  taken: Taken[];
  exports: string[];
  /** `x as T`, without `as const`. */
  casts: number;
}

export const linesIn = (text: string) => text.split('\n').length - 1;

/** Reads what the figures need from the syntax of one file. */
export function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false);
  const taken: Taken[] = [];
  const exports: string[] = [];
  const modules = new Set<string>();
  let casts = 0;
  const take = (module: ts.Node | undefined, names: string[], typesOnly: boolean) => {
    if (!module || !ts.isStringLiteral(module)) return;
    modules.add(module.text);
    if (!module.text.startsWith('.')) return;
    taken.push({
      from: relative(root, join(root, dirname(path), module.text)).replaceAll('\\', '/'),
      names,
      typesOnly,
    });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const bound = clause?.namedBindings;
      const names =
        bound && ts.isNamedImports(bound) ? bound.elements.map(e => (e.propertyName ?? e.name).text) : ['*'];
      const each = bound && ts.isNamedImports(bound) && bound.elements.every(e => e.isTypeOnly);
      take(node.moduleSpecifier, names, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || each === true);
    } else if (ts.isExportDeclaration(node)) {
      const clause = node.exportClause;
      const elements = clause && ts.isNamedExports(clause) ? [...clause.elements] : [];
      exports.push(...elements.map(e => e.name.text));
      take(node.moduleSpecifier, clause ? elements.map(e => (e.propertyName ?? e.name).text) : ['*'], node.isTypeOnly);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      take(node.arguments[0], ['*'], false);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      take(node.argument.literal, node.qualifier ? [node.qualifier.getText(source)] : ['*'], true);
    } else if (ts.isAsExpression(node)) {
      if (!ts.isConstTypeReference(node.type)) casts++;
    } else if (ts.canHaveModifiers(node) && node.modifiers?.some(m => m.kind === ts.SyntaxKind.ExportKeyword)) {
      exports.push(...declared(node));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path, lines: linesIn(text), imports: modules.size, taken, exports: [...new Set(exports)], casts };
}

/** The names that an exported declaration gives. */
function declared(node: ts.Node): string[] {
  if (!ts.isVariableStatement(node)) return [ts.getNameOfDeclaration(node as ts.Declaration)].flatMap(named);
  return node.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name.text] : name.elements.flatMap(e => ('name' in e ? named(e.name) : [])),
  );
}

const named = (name: ts.Node | undefined): string[] => (name && ts.isIdentifier(name) ? [name.text] : []);
