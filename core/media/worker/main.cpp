// memoryverse-media: decodes pictures from outside for the server, one after the other, shut in so that a hostile file
// can do no more than end this process. Started by ChildProcess only: `memoryverse-media MEMORY_BYTES PARENT_PID`, with
// the socket at descriptor 3. Speaks core/media/protocol.hpp.

#include <glib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <string>

#include "core/media/protocol.hpp"
#include "core/media/sniff.hpp"
#include "core/media/worker/metadata.hpp"
#include "core/media/worker/picture.hpp"
#include "core/media/worker/sandbox.hpp"

namespace {

using namespace mv::media;

/// A job and its file's descriptor.
struct Received {
  JobMessage job;
  int original = -1;
};

bool read_exactly(char* into, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(kChildSocket, into, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

/// Nothing when the server has closed its end.
std::optional<Received> receive() {
  Received received;
  std::uint32_t length = 0;
  iovec part = {&length, sizeof length};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = 0;
  do {
    got = ::recvmsg(kChildSocket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  } while (got < 0 && errno == EINTR);
  if (got != static_cast<ssize_t>(sizeof length) || length > kMaxFrame) return std::nullopt;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return std::nullopt;
  std::memcpy(&received.original, CMSG_DATA(header), sizeof received.original);
  std::string body(length, '\0');
  if (!read_exactly(body.data(), body.size())) return std::nullopt;
  auto job = decode_job(body);
  if (!job) return std::nullopt;
  received.job = *std::move(job);
  return received;
}

bool send_frame(const std::string& body) {
  const auto length = static_cast<std::uint32_t>(body.size());
  std::string frame(sizeof length, '\0');
  std::memcpy(frame.data(), &length, sizeof length);
  frame += body;
  std::size_t sent = 0;
  while (sent < frame.size()) {
    const ssize_t got = ::send(kChildSocket, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    sent += static_cast<std::size_t>(got);
  }
  return true;
}

/// The original as memory: libraries see bytes, never a path.
class Mapping {
public:
  explicit Mapping(int fd) {
    struct stat facts{};
    if (::fstat(fd, &facts) == 0 && facts.st_size > 0) {
      size_ = static_cast<std::size_t>(facts.st_size);
      void* const at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
      if (at != MAP_FAILED) at_ = at;
    }
    ::close(fd);
  }
  ~Mapping() {
    if (at_ != nullptr) ::munmap(at_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  [[nodiscard]] std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(at_), size_}; }
  explicit operator bool() const { return at_ != nullptr; }

private:
  void* at_ = nullptr;
  std::size_t size_ = 0;
};

AnswerMessage answer(const JobMessage& job, int original) {
  AnswerMessage message;
  Decoded& decoded = message.decoded;
  const Mapping file(original);
  if (!file) {
    decoded.reason = "media.too-big";
    decoded.cause = "the file does not fit into memory";
    return message;
  }
  const std::int64_t now_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  if (job.mime_type == kSidecarType) {
    decoded.metadata = read_sidecar(file.bytes(), now_ms);
    decoded.complete = true;
    return message;
  }
  Metadata metadata = read_metadata(file.bytes(), now_ms);
  const int orientation = metadata.orientation;
  if (job.step == DecodeStep::quick) decoded.metadata = std::move(metadata);
  if (!job.decodable) {
    decoded.reason = "media.unsupported";
    decoded.complete = true;
    return message;
  }
  Picture picture = make_previews({.file = file.bytes(),
                                   .mime_type = job.mime_type,
                                   .step = job.step,
                                   .max_pixels = job.max_pixels,
                                   .orientation = orientation});
  decoded.reason = std::move(picture.reason);
  decoded.cause = std::move(picture.cause);
  if (picture.width > 0 && picture.height > 0) {
    decoded.width = picture.width;
    decoded.height = picture.height;
  }
  decoded.thumbhash = std::move(picture.thumbhash);
  decoded.derivatives = std::move(picture.derivatives);
  decoded.complete = picture.complete;
  message.files = std::move(picture.files);
  return message;
}

/// GLib ends the process when an allocation fails; it says so here first.
void on_glib_message(const char*, GLogLevelFlags level, const char* text, void*) {
  if ((level & G_LOG_LEVEL_ERROR) != 0 && text != nullptr && std::strstr(text, "failed to allocate") != nullptr) {
    ::_exit(kExitOutOfMemory);
  }
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "memoryverse-media: %s\n", why.c_str());
  ::_exit(1);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) give_up("is started by memoryverse-server only");
  if (!die_with_parent(std::atoi(argv[2]))) give_up("the server is gone");
  g_log_set_default_handler(on_glib_message, nullptr);
  if (const auto ready = prepare_pictures(argv[0]); !ready) give_up(ready.error());
  prepare_metadata();
  if (const auto shut = enter_sandbox(std::strtoll(argv[1], nullptr, 10)); !shut) give_up(shut.error());
  if (!send_frame("")) return 0;
  try {
    while (const auto received = receive()) {
      if (!send_frame(encode(answer(received->job, received->original)))) break;
    }
  } catch (const std::bad_alloc&) {
    ::_exit(kExitOutOfMemory);
  }
  ::_exit(0); // without the libraries' farewells, which want files
}
