// Stands in for memoryverse-media in tests and misbehaves as the file says: after the two bytes that make it look like
// a JPEG comes a word. It shows what the pool does with a child that a hostile file has taken over.

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/media/protocol.hpp"

namespace {

using namespace mv::media;

void send_bytes(const std::string& body, std::uint32_t claimed_length) {
  std::string frame(sizeof claimed_length, '\0');
  std::memcpy(frame.data(), &claimed_length, sizeof claimed_length);
  frame += body;
  static_cast<void>(!::write(kChildSocket, frame.data(), frame.size()));
}

void send_frame(const std::string& body) { send_bytes(body, static_cast<std::uint32_t>(body.size())); }

int receive_file() {
  std::array<char, 1024> frame{};
  iovec part = {frame.data(), frame.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (::recvmsg(kChildSocket, &message, 0) <= 0) ::_exit(0);
  int file = -1;
  std::memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof file);
  return file;
}

} // namespace

int main() {
  send_frame("");
  int jobs = 0;
  while (true) {
    std::array<char, 64> word{};
    const int file = receive_file();
    static_cast<void>(!::pread(file, word.data(), word.size() - 1, 3));
    ::close(file);
    const std::string what = word.data();
    ++jobs;
    if (what == "hang") ::pause();
    if (what == "die") std::abort();
    if (what == "die unless fresh" && jobs > 1) std::abort();
    if (what == "out of memory") ::_exit(kExitOutOfMemory);
    if (what == "nonsense") send_frame("this is no answer");
    if (what == "endless") send_bytes("", 0xffffffff);
    AnswerMessage answer;
    answer.decoded.complete = true;
    answer.decoded.width = jobs; // tells the tests how many jobs this child has had
    send_frame(encode(answer));
  }
}
