// What the README shows: a small session of typing, frame by frame.
const BEFORE = `from dataclasses import dataclass


@dataclass
class Order:
    price: float
    amount: int


`;
const TOTAL = "def total(orders):\n    return sum(order.price * order.amount for order in orders)";
const AVERAGE = `def average(orders):
    if not orders:
        return 0.0
    return total(orders) / len(orders)`;

const KEY = 70; // milliseconds that a frame lasts
const LOOK = 1100;

export const tests = {
  "a film of typing": async ({ vscode, endpoint, pictures }) => {
    endpoint.texts = [TOTAL, AVERAGE];
    await vscode.run("View: Close All Editors in Group");
    await vscode.run("View: Close Primary Side Bar");
    const size = vscode.page.viewportSize();
    await vscode.page.setViewportSize({ width: 720, height: 480 });
    await vscode.open("orders.py", `${BEFORE}^`);
    const film = pictures.film("vscode-typing");
    const act = async (keys, rest) => {
      for (const [at, key] of keys.entries()) {
        await vscode.type([key]);
        await film.take(at + 1 === keys.length ? rest : KEY);
      }
    };
    const [head, body] = TOTAL.split("\n");
    await film.take(LOOK);
    await act([...head], KEY);
    await vscode.press("Enter");
    await vscode.ghostIs(body.trimStart());
    await film.take(LOOK);
    await act([..."return sum("], KEY);
    await vscode.ghostIs(/^order\.price/);
    await act(["Tab"], LOOK);
    await act(["End", "Enter", "Shift+Home", "Delete", "Enter", "Enter"], KEY);
    await act([..."def average"], KEY);
    await vscode.ghostIs(/^\(orders\):/);
    await film.take(LOOK);
    await act([..."(orders):"], KEY);
    await vscode.press("Enter");
    await vscode.ghostIs(/^if not orders/);
    await film.take(LOOK);
    await act(["Control+ArrowRight", "Control+ArrowRight"], LOOK / 2);
    // Lines, as Tab in front of a line's indentation makes VS Code indent.
    for (const rest of [LOOK, LOOK, 2 * LOOK]) await act(["Control+Shift+ArrowRight"], rest);
    film.end();
    await vscode.page.setViewportSize(size);
    await vscode.saves("orders.py", `${BEFORE}${TOTAL}\n\n\n${AVERAGE}`);
  },
};
