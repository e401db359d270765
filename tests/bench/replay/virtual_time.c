// Preloaded into the daemon: its steady clock stands still while it works, and where it would wait it reports
// when it wants to wake and goes on when it is told what time it is. See virtual_time.h.
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { kTell = 200, kHear = 201 };  // descriptors that the bench hands over

static const int64_t kSecond = 1000000000;
static int64_t now = 1000000000000;  // nanoseconds
static int64_t due = INT64_MAX;      // when the event loop's timer goes off
static int timer = -1;

int clock_gettime(clockid_t clock, struct timespec* time) {
  if (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_COARSE && clock != CLOCK_MONOTONIC_RAW)
    return (int)syscall(SYS_clock_gettime, clock, time);
  time->tv_sec = now / kSecond;
  time->tv_nsec = now % kSecond;
  return 0;
}

static void set_real_timer(int64_t nanoseconds) {
  const struct itimerspec time = {{0, 0}, {0, nanoseconds}};
  syscall(SYS_timerfd_settime, timer, 0, &time, NULL);
}

static void go_off(void) {
  due = INT64_MAX;
  set_real_timer(1);
  struct pollfd ready = {timer, POLLIN, 0};
  poll(&ready, 1, -1);
}

int timerfd_settime(int fd, int flags, const struct itimerspec* time, struct itimerspec* old) {
  const int64_t value = time->it_value.tv_sec * kSecond + time->it_value.tv_nsec;
  (void)old;
  timer = fd;
  set_real_timer(0);
  due = value == 0 ? INT64_MAX : flags & TFD_TIMER_ABSTIME ? value : now + value;
  if (due <= now) go_off();
  return 0;
}

int epoll_wait(int epoll, struct epoll_event* events, int most, int timeout) {
  for (;;) {
    const int ready = (int)syscall(SYS_epoll_pwait, epoll, events, most, 0, NULL, 0);
    if (ready != 0 || timeout == 0) return ready;
    if (write(kTell, &due, sizeof due) != sizeof due || read(kHear, &now, sizeof now) != sizeof now) _exit(0);
    if (due <= now) go_off();
  }
}
