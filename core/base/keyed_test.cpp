#include "core/base/keyed.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/base/ids.hpp"

namespace mv {
namespace {

TEST(HmacTest, AgreesWithRfc4231) {
  EXPECT_EQ(hmac_sha256_hex(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac_sha256_hex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(SealerTest, OpensWhatItSealedForTheSamePurposeOnly) {
  const Sealer sealer = Sealer::from_passphrase(Secret("0123456789abcdef0123456789abcdef"));
  const std::string sealed = sealer.seal("a secret", "row 1");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(sealer.open(sealed, "row 1"), "a secret");
  EXPECT_FALSE(sealer.open(sealed, "row 2"));
  EXPECT_NE(sealer.seal("a secret", "row 1"), sealed) << "each has a nonce of its own";
  EXPECT_FALSE(Sealer::from_passphrase(Secret("another passphrase of enough length")).open(sealed, "row 1"));
  std::string altered = sealed;
  altered[sealed.size() / 2] = altered[sealed.size() / 2] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(sealer.open(altered, "row 1"));
  for (const char* const nonsense : {"", "%", "QUFB"})
    EXPECT_FALSE(sealer.open(nonsense, "row 1"));
}

TEST(SealerTest, KeepsItsKeyInAFileThatOnlyItsOwnerReads) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / ("key-" + new_id());
  const auto first = Sealer::from_file(file);
  ASSERT_TRUE(first.has_value());
  const std::string sealed = first->seal("a secret", "p");
  EXPECT_EQ(Sealer::from_file(file)->open(sealed, "p"), "a secret");
  struct stat about{};
  ASSERT_EQ(::stat(file.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  std::ofstream(file) << "short";
  EXPECT_EQ(Sealer::from_file(file).error().key, "data.bad-key");
  EXPECT_EQ(Sealer::from_file(file / "below").error().key, "data.cannot-write");
  std::filesystem::remove(file);
}

} // namespace
} // namespace mv
