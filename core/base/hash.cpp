#include "core/base/hash.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include "core/base/encoding.hpp"

namespace mv {

namespace {

// OpenSSL refuses these calls only when it has no memory or was built without the algorithm: nothing a caller could
// act on, so it is a throw and not a Result.
void check(int outcome) {
  if (outcome != 1) throw std::runtime_error("OpenSSL cannot hash");
}

} // namespace

void Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Hasher::Hasher(const evp_md_st* algorithm) : context_(EVP_MD_CTX_new()) {
  check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1 ? 1 : 0);
}

void Hasher::update(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Hasher::hex() {
  std::array<char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), &size));
  return hex_encode(std::string_view(digest.data(), size));
}

Sha256::Sha256() : Hasher(EVP_sha256()) {}

Sha1::Sha1() : Hasher(EVP_sha1()) {}

std::string sha256_hex(std::string_view bytes) {
  Sha256 hasher;
  hasher.update(bytes);
  return hasher.hex();
}

std::string sha1_hex(std::string_view bytes) {
  Sha1 hasher;
  hasher.update(bytes);
  return hasher.hex();
}

} // namespace mv
