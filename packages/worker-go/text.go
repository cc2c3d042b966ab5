package uws

import (
	"strings"
	"unicode/utf8"
)

// fitting makes text that a message of the protocol can hold: valid UTF-8 of so many bytes at most, cut between characters.
func fitting(text string, maxBytes int) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	if len(text) <= maxBytes {
		return text
	}
	end := maxBytes
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
