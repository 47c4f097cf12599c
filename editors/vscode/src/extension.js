// Starts the language server, `kulanz lsp`, and shows what a problem's code means.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const PROBLEM = "kulanz-problem";

/** @type {LanguageClient | undefined} */
let client;

async function start() {
  const command = vscode.workspace.getConfiguration("kulanz").get("path") || "kulanz";
  const options = {
    documentSelector: [
      { language: "kulanz" },
      // Tables that are filled from a file.
      { scheme: "file", pattern: "**/*.csv" },
    ],
    initializationOptions: { problemPage: `${PROBLEM}:{code}.md` },
  };
  client = new LanguageClient("kulanz", "Kulanz", { command, args: ["lsp"] }, options);
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const settings = "Open Settings";
    const chosen = await vscode.window.showErrorMessage(
      `Kulanz: \`${command} lsp\` does not start (${error.message ?? error}). Install kulanz, or say where it is.`,
      settings,
    );
    if (chosen === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "kulanz.path");
    }
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart() {
  await stop();
  await start();
}

/** The page of a problem: what its code means. */
const problems = {
  async provideTextDocumentContent(uri) {
    const code = uri.path.replace(/\.md$/, "");
    const request = { command: "kulanz.explainCode", arguments: [code] };
    return client ? client.sendRequest("workspace/executeCommand", request) : `# ${code}\n`;
  },
};

async function activate(context) {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(PROBLEM, problems),
    vscode.commands.registerCommand("kulanz.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => (change.affectsConfiguration("kulanz.path") ? restart() : undefined)),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
