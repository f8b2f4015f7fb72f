#include "core/media/sniff.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mv::media {
namespace {

using std::string_view_literals::operator""sv;

struct Case {
  std::string_view head;
  std::string_view name;
  MediaKind kind;
  std::string_view mime_type;
};

class SniffTest : public testing::TestWithParam<Case> {};

TEST_P(SniffTest, TellsTheTypeFromTheBytes) {
  const Case& expected = GetParam();
  const Sniffed found = sniff(expected.head, expected.name);
  EXPECT_EQ(found.kind, expected.kind) << expected.name;
  EXPECT_EQ(found.mime_type, expected.mime_type) << expected.name;
}

INSTANTIATE_TEST_SUITE_P(
    Types, SniffTest,
    testing::Values(Case{"\xff\xd8\xff\xe0\0\x10JFIF"sv, "a.jpg", MediaKind::photo, "image/jpeg"},
                    Case{"\x89PNG\r\n\x1a\n"sv, "a.png", MediaKind::photo, "image/png"},
                    Case{"GIF89a\x01\0"sv, "a.gif", MediaKind::photo, "image/gif"},
                    Case{"RIFF\x10\0\0\0WEBPVP8 "sv, "a.webp", MediaKind::photo, "image/webp"},
                    Case{"II*\0\x08\0\0\0"sv, "a.tif", MediaKind::photo, "image/tiff"},
                    Case{"MM\0*\0\0\0\x08"sv, "a", MediaKind::photo, "image/tiff"},
                    Case{"\0\0\0\x18"
                         "ftypheic\0\0\0\0mif1heic"sv,
                         "a.heic", MediaKind::photo, "image/heic"},
                    Case{"\0\0\0\x18"
                         "ftypmif1\0\0\0\0mif1heic"sv,
                         "a.heif", MediaKind::photo, "image/heic"},
                    Case{"\0\0\0\x18"
                         "ftypmif1\0\0\0\0mif1avif"sv,
                         "a.heif", MediaKind::photo, "image/avif"},
                    Case{"\0\0\0\x1c"
                         "ftypavif\0\0\0\0avifmif1miaf"sv,
                         "a.avif", MediaKind::photo, "image/avif"},
                    Case{"\xff\x0a\xfa\x1f"sv, "a.jxl", MediaKind::photo, "image/jxl"},
                    Case{"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0"sv, "a.bmp", MediaKind::photo,
                         "image/bmp"},
                    Case{"<?xml version=\"1.0\"?>\n<svg xmlns="sv, "a.svg", MediaKind::document, "image/svg+xml"},
                    Case{"\0\0\0\x18"
                         "ftypcrx \0\0\0\x01"sv,
                         "a.cr3", MediaKind::photo, "image/x-canon-cr3"},
                    Case{"II*\0\x10\0\0\0CR\x02\0"sv, "a.cr2", MediaKind::photo, "image/x-canon-cr2"},
                    Case{"II*\0\x08\0\0\0"sv, "a.NEF", MediaKind::photo, "image/x-nikon-nef"},
                    Case{"II*\0\x08\0\0\0\x01\0\x12\xc6\x01\0\x04\0\0\0\x01\x04\0\0"sv, "renamed.tif", MediaKind::photo,
                         "image/x-adobe-dng"},
                    Case{"FUJIFILMCCD-RAW 0201"sv, "a.raf", MediaKind::photo, "image/x-fuji-raf"},
                    Case{"\0\0\0\x20"
                         "ftypisom\0\0\x02\0isomiso2avc1mp41"sv,
                         "a.mp4", MediaKind::video, "video/mp4"},
                    Case{"\0\0\0\x14"
                         "ftypqt  \0\0\0\0qt  "sv,
                         "a.mov", MediaKind::video, "video/quicktime"},
                    Case{"\0\0\0\x14"
                         "ftyp3gp4\0\0\0\0isom"sv,
                         "a.3gp", MediaKind::video, "video/3gpp"},
                    Case{"\0\0\0\x14"
                         "ftypM4A \0\0\0\0isom"sv,
                         "a.m4a", MediaKind::audio, "audio/mp4"},
                    Case{"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm"sv, "a.webm", MediaKind::video, "video/webm"},
                    Case{"\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska"sv, "a.mkv", MediaKind::video, "video/x-matroska"},
                    Case{"RIFF\x10\0\0\0AVI LIST"sv, "a.avi", MediaKind::video, "video/x-msvideo"},
                    Case{"ID3\x04\0\0\0\0\0\0"sv, "a.mp3", MediaKind::audio, "audio/mpeg"},
                    Case{"RIFF\x10\0\0\0WAVEfmt "sv, "a.wav", MediaKind::audio, "audio/wav"},
                    Case{"fLaC\0\0\0\x22"sv, "a.flac", MediaKind::audio, "audio/flac"},
                    Case{"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01"sv, "a.opus",
                         MediaKind::audio, "audio/opus"},
                    Case{"#!AMR\n"sv, "a.amr", MediaKind::audio, "audio/amr"},
                    Case{"%PDF-1.7\n"sv, "a.pdf", MediaKind::document, "application/pdf"},
                    Case{"AT&TFORM\0\0\0\0DJVU"sv, "a.djvu", MediaKind::document, "image/vnd.djvu"},
                    Case{"Dear Anna,\nit is 1935."sv, "letter.txt", MediaKind::document, "text/plain"},
                    Case{"\xcf\xf0\xe8\xe2\xe5\xf2"sv, "privet.txt", MediaKind::document, "text/plain"},
                    Case{"PK\x03\x04\x14\0\x06\0"sv, "a.docx", MediaKind::document,
                         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
                    Case{"PK\x03\x04\x14\0\x06\0"sv, "a.zip", MediaKind::document, "application/zip"},
                    Case{"glTF\x02\0\0\0"sv, "a.glb", MediaKind::scan3d, "model/gltf-binary"},
                    Case{"{\"asset\": {\"version\": \"2.0\"}}"sv, "a.gltf", MediaKind::scan3d, "model/gltf+json"},
                    Case{"# made by hand\nv 0 0 0\n"sv, "a.obj", MediaKind::scan3d, "model/obj"},
                    Case{"ply\nformat ascii 1.0\n"sv, "a.ply", MediaKind::scan3d, "model/ply"},
                    Case{"solid cube\n"sv, "a.stl", MediaKind::scan3d, "model/stl"},
                    Case{"\0\x01\x02\x03"sv, "a.stl", MediaKind::scan3d, "model/stl"},
                    Case{"PK\x03\x04\x14\0\x06\0"sv, "a.3mf", MediaKind::scan3d, "model/3mf"},
                    Case{"\0\x01\x02\x03"sv, "a.bin", MediaKind::document, "application/octet-stream"}));

TEST(SniffTest, DoesNotBelieveALyingName) {
  EXPECT_EQ(sniff("\xff\xd8\xff\xe0", "holiday.png").mime_type, "image/jpeg");
  EXPECT_EQ(sniff("<html><script>", "holiday.jpg").kind, MediaKind::document);
  EXPECT_EQ(sniff("%PDF-1.4", "holiday.jpg").mime_type, "application/pdf");
}

TEST(SniffTest, KeepsNonsenseNamedLikeAPhotoAsAPhotoOfUnknownType) {
  const Sniffed found = sniff("\0\1\2\3"sv, "IMG_1.JPG");
  EXPECT_EQ(found.kind, MediaKind::photo);
  EXPECT_EQ(found.mime_type, "application/octet-stream");
}

TEST(SniffTest, NeverLetsARawFileThroughToThePictureDecoder) {
  for (const auto name : {"a.nef", "a.dng", "a.arw", "a.cr2", "a.pef"}) {
    const Sniffed found = sniff("II*\0\x08\0\0\0"sv, name);
    EXPECT_TRUE(found.raw) << name;
    EXPECT_FALSE(found.decodable) << name;
  }
}

TEST(SniffTest, FindsTheFramesOfAnMp3WithoutATag) {
  std::string mp3 = "\xff\xfb\x90\x64"; // MPEG 1, layer III, 128 kbit/s, 44.1 kHz: frames of 417 bytes
  mp3.resize(417, '\0');
  mp3 += "\xff\xfb\x90\x64";
  EXPECT_EQ(sniff(mp3, "voice").mime_type, "audio/mpeg");
  mp3[417] = 'x';
  EXPECT_EQ(sniff(mp3, "voice").mime_type, "application/octet-stream");
}

TEST(SniffTest, FindsTransportStreamsOfBroadcastsAndCamcorders) {
  std::string broadcast;
  std::string camcorder;
  for (int i = 0; i < 4; ++i) {
    broadcast += "G" + std::string(187, '\x01');
    camcorder += std::string(4, '\x02') + "G" + std::string(187, '\x01');
  }
  EXPECT_EQ(sniff(broadcast, "a.ts").mime_type, "video/mp2t");
  EXPECT_EQ(sniff(camcorder, "a.mts").mime_type, "video/mp2t");
}

TEST(SniffTest, SurvivesEveryShortBeginning) {
  const std::string head = std::string("\0\0\0\x18", 4) + "ftypmif1RIFFWEBPII*\xff\xff\xff\xff";
  for (std::size_t from = 0; from < head.size(); ++from) {
    for (std::size_t length = 0; from + length <= head.size(); ++length) {
      EXPECT_FALSE(sniff(std::string_view(head).substr(from, length), "a.tif").mime_type.empty());
    }
  }
}

} // namespace
} // namespace mv::media
