// Keeps TensorFlow's server on one address: it listens on all interfaces, whatever address it is given.
#ifndef KERAS_NODE_SOCKETS_H_
#define KERAS_NODE_SOCKETS_H_

#include <arpa/inet.h>
#include <elf.h>
#include <link.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <string>

namespace keras_node {

/** The IPv4 address that listening sockets of TensorFlow are to have, in network order; 0 leaves them as asked for. */
inline std::atomic<uint32_t> listen_address{0};

/** `bind` as TensorFlow sees it: a wildcard address becomes the one chosen. */
inline int BindChosen(int fd, const sockaddr* address, socklen_t length) {
  const uint32_t chosen = listen_address.load();
  int type = 0;
  socklen_t size = sizeof type;
  const bool is_stream = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
  if (chosen == 0 || !is_stream || address == nullptr) return bind(fd, address, length);
  if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    if (v4.sin_addr.s_addr == INADDR_ANY) v4.sin_addr.s_addr = chosen;
    return bind(fd, reinterpret_cast<sockaddr*>(&v4), sizeof v4);
  }
  if (address->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof v6);
    if (IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr)) {
      // ::ffff:a.b.c.d, the IPv4 address as sockets of both kinds have it
      v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
      std::memcpy(&v6.sin6_addr.s6_addr[12], &chosen, sizeof chosen);
    }
    return bind(fd, reinterpret_cast<sockaddr*>(&v6), sizeof v6);
  }
  return bind(fd, address, length);
}

/** Points the entry for `bind` in one library's table of imported functions to ours. Gives the number of entries. */
inline int RedirectBind(const dl_phdr_info* library) {
  const ElfW(Dyn)* dynamic = nullptr;
  for (int i = 0; i < library->dlpi_phnum; i++) {
    const auto& segment = library->dlpi_phdr[i];
    if (segment.p_type == PT_DYNAMIC) dynamic = reinterpret_cast<const ElfW(Dyn)*>(library->dlpi_addr + segment.p_vaddr);
  }
  if (dynamic == nullptr) return 0;
  const ElfW(Sym)* symbols = nullptr;
  const char* names = nullptr;
  const ElfW(Rela)* relocations = nullptr;
  size_t bytes = 0;
  // glibc has made these addresses absolute when it loaded the library.
  for (; dynamic->d_tag != DT_NULL; dynamic++) {
    if (dynamic->d_tag == DT_SYMTAB) symbols = reinterpret_cast<const ElfW(Sym)*>(dynamic->d_un.d_ptr);
    if (dynamic->d_tag == DT_STRTAB) names = reinterpret_cast<const char*>(dynamic->d_un.d_ptr);
    if (dynamic->d_tag == DT_JMPREL) relocations = reinterpret_cast<const ElfW(Rela)*>(dynamic->d_un.d_ptr);
    if (dynamic->d_tag == DT_PLTRELSZ) bytes = dynamic->d_un.d_val;
  }
  if (symbols == nullptr || names == nullptr || relocations == nullptr) return 0;
  int redirected = 0;
  const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  for (size_t i = 0; i < bytes / sizeof *relocations; i++) {
    const auto& symbol = symbols[ELF64_R_SYM(relocations[i].r_info)];
    if (std::strcmp(names + symbol.st_name, "bind") != 0) continue;
    const uintptr_t entry = library->dlpi_addr + relocations[i].r_offset;
    void* start = reinterpret_cast<void*>(entry & ~(page - 1));
    const size_t length = (entry & (page - 1)) + sizeof(void*);
    if (mprotect(start, length, PROT_READ | PROT_WRITE) != 0) continue;
    *reinterpret_cast<void**>(entry) = reinterpret_cast<void*>(&BindChosen);
    redirected++;
  }
  return redirected;
}

/** Makes TensorFlow listen on this IPv4 address alone. False where that cannot be arranged: then it would listen on all. */
inline bool ListenOn(const std::string& address) {
  in_addr parsed;
  if (inet_pton(AF_INET, address.c_str(), &parsed) != 1) return false;
  int redirected = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* library, size_t, void* count) {
        if (std::strstr(library->dlpi_name, "libtensorflow") != nullptr) *static_cast<int*>(count) += RedirectBind(library);
        return 0;
      },
      &redirected);
  listen_address = parsed.s_addr;
  return redirected > 0;
}

}  // namespace keras_node

#endif  // KERAS_NODE_SOCKETS_H_
