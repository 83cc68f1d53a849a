/* Preloaded into the host by a test: for every TCP_NODELAY that is set, appends a line to the file named by
   NODELAY_LOG: the socket's own port, its peer's port, and the value. No tool shows the option of another
   process's socket, and tracing a process is not allowed everywhere. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int port(int fd, int (*name)(int, struct sockaddr *, socklen_t *)) {
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    return name(fd, (struct sockaddr *)&address, &length) == 0 ? ntohs(address.sin_port) : 0;
}

static int own(int fd, struct sockaddr *address, socklen_t *length) { return getsockname(fd, address, length); }
static int peer(int fd, struct sockaddr *address, socklen_t *length) { return getpeername(fd, address, length); }

int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
    int result = (int)syscall(SYS_setsockopt, fd, level, option, value, length);
    const char *file = getenv("NODELAY_LOG");
    if (result == 0 && level == IPPROTO_TCP && option == TCP_NODELAY && file) {
        int log = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (log >= 0) {
            dprintf(log, "%d %d %d\n", port(fd, own), port(fd, peer), *(const int *)value);
            close(log);
        }
    }
    return result;
}
