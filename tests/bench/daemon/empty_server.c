/* The least a language server can do: read one message, answer initialize. The floor of the bench. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  static char buffer[1 << 16];
  const char* body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"capabilities\":{}}}";
  if (read(0, buffer, sizeof buffer) <= 0) return 1;
  printf("Content-Length: %d\r\n\r\n%s", (int)strlen(body), body);
  fflush(stdout);
  while (read(0, buffer, sizeof buffer) > 0) {
  }
  return 0;
}
