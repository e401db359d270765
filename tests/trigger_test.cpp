#include "daemon/trigger.h"

#include <string>

#include "tests/support/catch.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

// A line with ^ at the cursor, as it was met in real code.
struct Case {
  const char* language;
  std::string line;
};

CursorLine cursor_line(const Case& at) {
  const auto cursor = at.line.find('^');
  const std::string_view line = at.line;
  return {line.substr(0, cursor), line.substr(cursor + 1), at.language};
}

void check_all(Silence expected, std::initializer_list<Case> cases) {
  for (const auto& at : cases) {
    INFO(at.language << ": " << at.line);
    CHECK(name_of(silence_at(cursor_line(at))) == name_of(expected));
  }
}

TEST_CASE("silent inside a word") {
  check_all(Silence::mid_word, {
                                   {"cpp", "  return std::mo^ve(buffer);"},
                                   {"python", "    self.conn^ection = None"},
                                   {"javascript", "const ser^ver = createServer()"},
                                   {"go", "\tif er^r != nil {"},
                                   {"rust", "    let mut res^ult = Vec::new();"},
                                   {"swift", "let grö^ße = 1"},
                               });
}

TEST_CASE("silent before text that is more than closers") {
  check_all(Silence::text_after_cursor, {
                                            {"cpp", "  if (^buffer.empty()) return;"},
                                            {"python", "    return ^ + offset"},
                                            {"javascript", "  app.use(^, express.static(root));"},
                                            {"go", "\tdefer ^ // closes the file"},
                                            {"html", "  <li class=\"^\">One</li>"},
                                            {"c", "static int ^(void) {"},
                                            {"rust", "    Some(^) => value,"},
                                            {"typescriptreact", "    <Title>^</Title>"},
                                            {"typescript", "  app.get('/', ^) as Handler;"},
                                            {"markdown", "See ^the manual."},
                                            {"cpp", "  call(^) const;"},
                                        });
}

TEST_CASE("asked at the end of a word, and before one") {
  check_all(Silence::none, {
                               {"cpp", "  return std::move^"},
                               {"python", "    self.connection^"},
                               {"typescript", "  const server^"},
                               {"go", "\tif err^"},
                               {"rust", "    let mut result^"},
                               {"markdown", "The größe^"},
                               {"cpp", "  f(value^);"},
                               {"python", "    return [key^]"},
                           });
}

TEST_CASE("closers, quotes and one sign after the cursor are no reason for silence") {
  check_all(Silence::none, {
                               {"cpp", "  while (queue.^) {"},
                               {"python", "def read(^):"},
                               {"javascript", "  console.log('^');"},
                               {"javascript", "  items.map(item => item.^)}"},
                               {"json", "  \"name\": \"^\","},
                               {"rust", "    let v = vec![^];"},
                               {"cpp", "  for (auto& child : ^) {"},
                               {"html", "<p class=\"^\">"},
                               {"python", "    if name in (^):"},
                               {"go", "\tfmt.Println(^)"},
                               {"typescriptreact", "      onClick={() => ^}"},
                               {"rust", "    println!(\"^\");"},
                               {"markdown", "[the manual](^)"},
                               {"cpp", "  const char* name = \"^\","},
                           });
}

TEST_CASE("silent after the semicolon of a complete line") {
  check_all(Silence::line_complete,
            {
                {"cpp", "  return std::move(buffer);^"},
                {"java", "    private final List<String> names = new ArrayList<>();^"},
                {"javascript", "  res.end('not found (404');^"},
                {"c", "#define CHECK(x) if (!(x)) abort();^"},
                {"rust", "    let name: &'static str = self.name;^"},
                {"css", "  color: #333;^"},
                {"typescript", "});^"},
                {"cpp", "  log(\"// no comment\");^"},
                {"rust", "    let quote = '\"';^"},
                {"go", "\tcount := 0;^"},
                {"python", "    import pdb; pdb.set_trace();^"},
            });
}

TEST_CASE("silent after the parenthesis of a complete line") {
  check_all(Silence::line_complete, {
                                        {"python", "    self.assertEqual(len(found), 2)^"},
                                        {"go", "\tdefer file.Close()^"},
                                        {"cpp", "  return parse(text, nullptr)^"},
                                        {"javascript", "const app = express()^"},
                                        {"ruby", "  validates_presence_of(:name)^"},
                                        {"cpp", "  std::cout << fmt::format(\"{}\", x)^"},
                                        {"java", "        String name = names.get(i)^"},
                                        {"lua", "  vim.api.nvim_buf_set_lines(buf, 0, -1, false, {})^"},
                                        {"python", "x = (a + b)^"},
                                        {"python", "    print(\"(\" + name)^"},
                                        {"python", ")^"},
                                        {"typescript", ")^"},
                                        {"rust", "    Ok(())^"},
                                        {"rust", "    self.items.push(item)^"},
                                        {"go", ")^"},
                                        {"go", "\treturn fmt.Errorf(\"no %s (yet)\", name)^"},
                                        {"typescript", "  const found = items.find(isReady)^"},
                                        {"typescript", "  await save(user, { force: true })^"},
                                        {"typescript", "  cleanup()^"},
                                        {"cpp", "  cleanup(first, second)^"},
                                    });
}

TEST_CASE("silent after the bracket of a complete line") {
  check_all(Silence::line_complete, {
                                        {"python", "    names = [line.strip() for line in lines]^"},
                                        {"python", "    return self.items[key]^"},
                                        {"javascript", "const colours = ['red', 'green']^"},
                                        {"toml", "[dependencies]^"},
                                        {"rust", "#[derive(Debug, Clone)]^"},
                                        {"typescript", "  let last = parts[parts.length - 1]^"},
                                        {"cpp", "  const auto first = tokens[0]^"},
                                        {"python", "]^"},
                                        {"go", "\tlast := parts[len(parts)-1]^"},
                                        {"cpp", "  return handlers[i]^"},
                                        {"rust", "    let first = &parts[0]^"},
                                        {"python", "    text = \"[\" + names[0]^"},
                                    });
}

TEST_CASE("silent after the brace of a complete line") {
  check_all(Silence::line_complete, {
                                        {"cpp", "}^"},
                                        {"go", "\treturn Point{x, y}^"},
                                        {"javascript", "  if (!user) { return next() }^"},
                                        {"rust", "    fn id(&self) -> u64 { self.id }^"},
                                        {"python", "    counts = {name: 0 for name in names}^"},
                                        {"css", ".title { color: red }^"},
                                        {"javascript", "const { a, b } = require('x') || {}^"},
                                        {"typescriptreact", "  const style = { color: 'red' }^"},
                                        {"shellscript", "}^"},
                                        {"rust", "    let p = Point { x: 1, y: 2 }^"},
                                    });
}

TEST_CASE("a head, an open bracket or an open string is not a complete line") {
  check_all(Silence::none, {
                               {"cpp", "  for (int i = 0;^"},
                               {"cpp", "int main(int argc, char** argv)^"},
                               {"cpp", "void Cache::erase(Texts::iterator text)^"},
                               {"cpp", "  if (buffer.empty())^"},
                               {"cpp", "  std::sort(all.begin(), all.end(), [this]^"},
                               {"cpp", "  const auto is_free = [&]^"},
                               {"cpp", "[[nodiscard]]^"},
                               {"c", "static struct node *find(const char *name)^"},
                               {"java", "    public static void main(String[] args)^"},
                               {"python", "def read(self, path)^"},
                               {"python", "class Reader(Base)^"},
                               {"python", "  elif isinstance(node, ast.Call)^"},
                               {"javascript", "const add = (a, b)^"},
                               {"javascript", "export default function App(props)^"},
                               {"javascript", "import { readFile }^"},
                               {"javascript", "  const [count, setCount]^"},
                               {"typescript", "  } else if (items.length === 0)^"},
                               {"typescript", "  counts[name]^"},
                               {"javascript", "  console.log(`${name}^"},
                               {"javascript", "  items.map(item => item.id)}^)"},
                               {"go", "func (s *Server) Run(ctx context.Context)^"},
                               {"rust", "    pub fn new(name: &str)^"},
                               {"shellscript", "usage()^"},
                               {"css", "@media (max-width: 600px)^"},
                               {"python", "values = [(1, 2)^"},
                           });
}

TEST_CASE("a head in any of the languages is not a complete line") {
  check_all(Silence::none, {
                               {"cpp", "Cache::Cache(Limits limits)^"},
                               {"cpp", "Cache::~Cache()^"},
                               {"cpp", "  ~Cache()^"},
                               {"java", "    synchronized (lock)^"},
                               {"java", "    try (var in = open(path))^"},
                               {"csharp", "        lock (gate)^"},
                               {"swift", "    init(name: String)^"},
                               {"elixir", "  defp total(order)^"},
                               {"cpp", "    : io_(io), clock_(clock)^"},
                               {"cpp", "TEST(Layout, SizeByIndex)^"},
                               {"cpp", "bool operator==(const Position& other)^"},
                               {"cpp", "  const auto done = [&]()^"},
                               {"cpp", "  std::ranges::sort(all, [this](int a, int b)^"},
                               {"rust", "    pub fn parse<'a>(input: &'a str, at: &'a mut usize)^"},
                               {"rust", "    let found = match self.table.get(key)^"},
                               {"rust", "        Some(value)^"},

                               {"rust", "    let (sender, receiver)^"},
                               {"rust", "    pub(crate)^"},
                               {"rust", "    )^"},
                               {"go", "\tif err := file.Close();^"},
                               {"go", "\tfor i := 0; i < len(names);^"},
                               {"go", "\tfor _, name := range strings.Fields(line)^"},
                               {"typescript", "  async load()^"},
                               {"typescript", "  static create(options)^"},
                               {"typescript", "  find(selector: string)^"},
                               {"typescript", "  find(selector?: string, all = false)^"},
                               {"typescript", "const get = async (url)^"},
                               {"typescript", "  return ()^"},
                               {"typescriptreact", "    <a href={link}^"},
                               {"typescriptreact", "    <b>name: {name}^"},
                               {"typescriptreact", "      onClick={close}^"},
                               {"shellscript", "if [ -z \"$name\" ];^"},
                               {"shellscript", "while read -r line;^"},
                               {"shellscript", "[ -n \"$name\" ]^"},
                               {"shellscript", "  --all)^"},
                               {"shellscript", "cd ${root}^"},
                               {"python", "    for key, value in sorted(table.items())^"},
                               {"python", "    with open(path) as source, open(other)^"},
                           });
}

TEST_CASE("in prose, comments and strings no bracket ends a line") {
  check_all(Silence::none, {
                               {"markdown", "See [the manual](manual.md)^"},
                               {"markdown", "It is quick (mostly)^"},
                               {"markdown", "1. Call `stop()`, then wait;^"},
                               {"plaintext", "Dear Ada (and all the others)^"},
                               {"latex", "\\section{Results}^"},
                               {"git-commit", "Trim the suffix first (it is shorter)^"},
                               {"cpp", "  // the caller owns it (see above)^"},
                               {"cpp", "  int left = 0;  // of a line without an end;^"},
                               {"cpp", " * returns the size (in bytes)^"},
                               {"python", "    # TODO(ada)^"},
                               {"python", "    return 1  # the root (see below)^"},
                               {"rust", "/// Reads from [`Source`]^"},
                               {"go", "// Close is safe to call twice (it does nothing then)^"},
                               {"typescript", " * The events (of any kind)^"},
                               {"shellscript", "# made by configure (do not edit);^"},
                               {"python", "    print(\"all of them (mostly)^"},
                               {"typescript", "  const text = `${first} (${second})^"},
                               {"go", "\tquery := `select (a)^"},
                           });
}

struct Typist {
  Trigger trigger;
  Trigger::Time now = Trigger::Time() + 1h;

  // The wait for a request right after a key that comes `gap` after the last one.
  std::chrono::milliseconds key(std::chrono::milliseconds gap, const Case& at) {
    now += gap;
    trigger.edited(now);
    return wait(at);
  }
  std::chrono::milliseconds backspace(std::chrono::milliseconds gap, const Case& at) {
    now += gap;
    trigger.edited(now, true);
    return wait(at);
  }
  std::chrono::milliseconds wait(const Case& at) const {
    return trigger.decide(cursor_line(at), false, now).wait;
  }
};

const Case kWord{"cpp", "  retu^"};
const Case kAfterWord{"cpp", "  return ^"};

TEST_CASE("a key asks at once, also in a run") {
  Typist typist;
  CHECK(typist.wait(kWord) == 0ms);
  CHECK(typist.key(0ms, kWord) == 0ms);
  CHECK(typist.key(249ms, kWord) == 0ms);
  CHECK(typist.key(250ms, kWord) == 0ms);
  CHECK(typist.key(100ms, kAfterWord) == 0ms);
  CHECK(typist.key(100ms, {"cpp", "\t^"}) == 0ms);
  CHECK(typist.key(30ms, {"cpp", "^"}) == 0ms);
}

TEST_CASE("who deletes is not asked for until the hand rests") {
  Typist typist;
  typist.key(0ms, kWord);
  CHECK(typist.backspace(100ms, kWord) == 250ms);
  CHECK(typist.backspace(1s, kWord) == 250ms);
  CHECK(typist.backspace(50ms, {"cpp", "^"}) == 250ms);
  typist.now += 200ms;
  CHECK(typist.wait(kWord) == 50ms);
  typist.now += 200ms;
  CHECK(typist.wait(kWord) == 0ms);
  CHECK(typist.backspace(100ms, kWord) == 250ms);
  CHECK(typist.key(100ms, kWord) == 0ms);
}

TEST_CASE("two edits in one moment are one key") {
  Typist typist;
  typist.trigger.rejected(typist.now);
  typist.trigger.rejected(typist.now);
  typist.trigger.rejected(typist.now);
  typist.key(0ms, kWord);
  CHECK(typist.key(300ms, kWord) == 0ms);
  CHECK(typist.key(2ms, kWord) == 0ms);
  CHECK(typist.key(100ms, kWord) == 15ms);
  CHECK(typist.key(2ms, kWord) == 15ms);
}

TEST_CASE("a request that comes late has waited already") {
  Typist typist;
  typist.key(0ms, kWord);
  typist.backspace(100ms, kWord);
  typist.now += 15ms;
  CHECK(typist.wait(kWord) == 235ms);
  typist.now += 500ms;
  CHECK(typist.wait(kWord) == 0ms);
}

TEST_CASE("text after the cursor is no reason for silence where that is set; all else is") {
  Trigger trigger;
  trigger.set_mid_line(true);
  const auto silence = [&](const Case& at) { return trigger.silence_for(cursor_line(at)); };
  for (const auto& at : {Case{"cpp", "  if (^buffer.empty()) return;"},
                         Case{"python", "    return ^ + offset"}, Case{"html", "  <li class=\"^\">One</li>"},
                         Case{"rust", "    Some(^) => value,"}, Case{"go", "\tdefer ^ // closes the file"}}) {
    INFO(at.line);
    CHECK(silence(at) == Silence::none);
    CHECK(trigger.decide(cursor_line(at), false, {}).silence == Silence::none);
  }
  CHECK(silence({"cpp", "  return std::mo^ve(buffer);"}) == Silence::mid_word);
  CHECK(silence({"cpp", "  queue.pop();^"}) == Silence::line_complete);
  trigger.set_mid_line(false);
  CHECK(silence({"python", "    return ^ + offset"}) == Silence::text_after_cursor);
}

TEST_CASE("an invoked request is never silent and never waits") {
  Typist typist;
  typist.key(0ms, kWord);
  typist.key(100ms, kWord);
  for (const auto& at :
       {kWord, Case{"cpp", "mid^word"}, Case{"cpp", "done();^"}, Case{"cpp", "^text"},
        Case{"c", "  if (fstat(fd, &st) < 0)^ return -1;"}, Case{"python", "    return self._cache[key]^"},
        Case{"typescript", "const total = items.^map((item) => item.price);"}, Case{"rust", "    }^"},
        Case{"go", "// Close closes the ^file."}}) {
    const auto decision = typist.trigger.decide(cursor_line(at), true, typist.now);
    CHECK(decision.silence == Silence::none);
    CHECK(decision.wait == 0ms);
  }
}

TEST_CASE("three rejections in a row slow down, an acceptance or ten minutes undo it") {
  Typist typist;
  const auto wait = [&] {
    typist.key(1s, kWord);
    return typist.key(100ms, kWord);
  };
  const auto reject = [&](int times) {
    while (times-- > 0) typist.trigger.rejected(typist.now);
  };
  reject(2);
  CHECK(wait() == 0ms);
  reject(1);
  CHECK(wait() == 15ms);
  reject(1);
  CHECK(wait() == 22ms);
  reject(20);
  CHECK(wait() > 74ms);
  CHECK(wait() < 77ms);
  typist.now += 5min;
  CHECK(wait() < 30ms);
  typist.now += 5min;
  CHECK(wait() == 0ms);
  reject(1);
  CHECK(wait() == 0ms);
  reject(3);
  CHECK(wait() > 20ms);
  typist.trigger.accepted();
  CHECK(wait() == 0ms);
  reject(5);
  CHECK(typist.key(1s, kWord) == 0ms);
}

}  // namespace
}  // namespace fimd
