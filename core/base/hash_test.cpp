#include "core/base/hash.hpp"

#include <gtest/gtest.h>

namespace mv {
namespace {

TEST(HashTest, AgreesWithTheExamplesOfTheStandard) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(HashTest, GivesTheSameForBytesThatArriveInPieces) {
  const std::string bytes(100'000, 'x');
  Sha256 hasher;
  for (std::size_t at = 0; at < bytes.size(); at += 777)
    hasher.update(std::string_view(bytes).substr(at, 777));
  EXPECT_EQ(hasher.hex(), sha256_hex(bytes));
}

TEST(HashTest, CountsNulBytesToo) { EXPECT_NE(sha256_hex(std::string_view("a\0b", 3)), sha256_hex("ab")); }

} // namespace
} // namespace mv
