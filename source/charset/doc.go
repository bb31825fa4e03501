// Package charset finds out in which encoding a Vietnamese text is, and gives it
// as UTF-8 in NFC.
//
// A text that says it is UTF-8 may be written in an encoding from before Unicode
// (TCVN3, VNI, VISCII, windows-1258), or may have been encoded twice, and nothing
// in the file says so. [Decode] works in this order:
//
//  1. UTF-16 is known by its byte order mark, or by the zeros beside its blanks.
//  2. A text that has nothing which Vietnamese in Unicode has not is taken as it
//     is. Most text is, and costs one pass over its bytes (detect.go).
//  3. Any other is read line by line in each encoding (tables.go). The reading
//     that makes Vietnamese syllables wins (syllable.go). Where none does surely,
//     the text stays as it came and is called unsure: a person must look at it.
//  4. The result is cleaned (tidy.go): NFC, plain line ends, no characters that
//     XML forbids, Đ for its lookalike Ð, no invisible characters.
//
// A document has several parts: a title in a header, a body, captions. A
// [Decoder] remembers the encoding of one part for the others, which may be too
// short to tell.
package charset
