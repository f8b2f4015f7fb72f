#include "core/base/keyed.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "core/base/encoding.hpp"
#include "core/base/random.hpp"

namespace mv {

namespace {

constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  fill_random(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

std::unexpected<Error> cannot_write(const std::filesystem::path& file) {
  return fail(ErrorCode::unavailable, "data.cannot-write", file.string() + ": " + std::strerror(errno));
}

} // namespace

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  start_sodium();
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_final(&state, bytes_of(mac));
  return hex_encode(mac);
}

Sealer Sealer::from_passphrase(const Secret& passphrase) {
  start_sodium();
  std::string key(kKeyBytes, '\0');
  // Not stretched: the setting asks for 32 characters, so there is nothing to guess.
  crypto_generichash(bytes_of(key), key.size(), bytes_of(passphrase.reveal()), passphrase.reveal().size(), nullptr, 0);
  return Sealer(std::move(key));
}

Result<Sealer> Sealer::from_file(const std::filesystem::path& file) {
  start_sodium();
  // Written whole beside it and linked into place, so that two that start at once agree and a crash leaves no half key.
  if (::access(file.c_str(), F_OK) != 0) {
    const std::string made = file.string() + '.' + random_token(8);
    const int descriptor = ::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return cannot_write(file);
    const std::string text = hex_encode(random_bytes(kKeyBytes)) + '\n';
    const bool written =
        ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
    ::close(descriptor);
    const bool placed = written && (::link(made.c_str(), file.c_str()) == 0 || errno == EEXIST);
    const int error = errno;
    ::unlink(made.c_str());
    errno = error;
    if (!placed) return cannot_write(file);
  }
  std::ifstream stream(file);
  std::string text;
  std::getline(stream, text);
  auto key = hex_decode(text);
  if (!key || key->size() != kKeyBytes) {
    return fail(ErrorCode::unavailable, "data.bad-key",
                file.string() + " is not a key of this program; bring the file back from a backup");
  }
  return Sealer(*std::move(key));
}

std::string Sealer::seal(std::string_view plain, std::string_view purpose) const {
  std::string sealed = random_bytes(kNonceBytes);
  sealed.resize(kNonceBytes + plain.size() + kTagBytes);
  unsigned char* const bytes = bytes_of(sealed);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kNonceBytes, nullptr, bytes_of(plain), plain.size(),
                                             bytes_of(purpose), purpose.size(), nullptr, bytes,
                                             bytes_of(std::string_view(key_)));
  return base64url_encode(sealed);
}

std::optional<std::string> Sealer::open(std::string_view sealed, std::string_view purpose) const {
  const auto raw = base64url_decode(sealed);
  if (!raw || raw->size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string plain(raw->size() - kNonceBytes - kTagBytes, '\0');
  const unsigned char* const bytes = bytes_of(std::string_view(*raw));
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      bytes_of(plain), nullptr, nullptr, bytes + kNonceBytes, raw->size() - kNonceBytes, bytes_of(purpose),
      purpose.size(), bytes, bytes_of(std::string_view(key_)));
  if (opened != 0) return std::nullopt;
  return plain;
}

} // namespace mv
