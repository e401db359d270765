// Turns rows of a spreadsheet into items of an inventory.

function toBook(row) {
  return {
    id: Number(row.id),
    title: row.title.trim(),
    price: Number(row.price),
    inStock: row.stock > 0,
  };
}

function toRecord(row) {
  return {
    id: Number(row.id),
    title: row.title.trim(),
    price: Number(row.price),
    inStock: row.stock > 0,
  };
}

function toPoster(row) {
  return {
    id: Number(row.id),
    title: row.title.trim(),
    price: Number(row.price),
    inStock: row.stock > 0,
  };
}

export { toBook, toRecord, toPoster };
