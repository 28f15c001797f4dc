package retaketest

import (
	"regexp"
	"strings"
	"testing"
)

var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func TestUsualPathsStayReadable(t *testing.T) {
	for path, expected := range map[string]string{
		"chat_test.go":                 "chat_test",
		"internal/chat/chat_test.go":   "internal.chat.chat_test",
		"internal/my-chat/a_test.go":   "internal.my-chat.a_test",
		"internal/v1.2/a_test.go":      "internal-v1.2-a-test.go_",
		"con.go":                       "test-con.go_",
		"a/" + strings.Repeat("x", 99): strings.Repeat("x", 80) + "_",
	} {
		if name := cassetteNameOf(path); !strings.HasPrefix(name, expected) || !validName.MatchString(name) {
			t.Errorf("%s: got %s", path, name)
		}
	}
}

func FuzzNamesAreValidAndDiffer(f *testing.F) {
	f.Add("a/b_test.go", "a.b_test.go")
	f.Add("a/b/c_test.go", "a/b.c_test.go")
	f.Add("a_b_test.go", "a/b_test.go")
	f.Add("con_test.go", "é_test.go")
	f.Add("cassette.go", "a/cassette.go")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == b {
			return
		}
		first, second := cassetteNameOf(a), cassetteNameOf(b)
		if first == second {
			t.Errorf("%q and %q are both %s", a, b, first)
		}
		for _, name := range []string{first, second} {
			if !validName.MatchString(name) || strings.HasSuffix(name, ".") || strings.HasSuffix(name, ".cassette") || deviceName.MatchString(name) {
				t.Errorf("%q is no name of a cassette", name)
			}
		}
	})
}
