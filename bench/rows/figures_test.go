package rows

import (
	"strings"
	"testing"
)

func TestReadCSV_NamesTheLineThatIsWrong(t *testing.T) {
	for data, want := range map[string]string{
		"a,b\n1\n":               "line 2",
		"a,b\n1,2\nx,timeouts\n": "line 3",
		"":                       "header",
	} {
		err := readCSV([]byte(data), 2, func(fields []string) error {
			if fields[0] != "x" {
				return nil
			}
			_, err := figure(fields[0], fields[1])
			return err
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one that names %s", data, err, want)
		}
	}
}

func TestFigure_KnowsSuccessAndTimeoutOnly(t *testing.T) {
	if got, err := figure("1.5", "success"); err != nil || got != (Figure{Solved: true, Seconds: 1.5}) {
		t.Errorf("success: %+v (%v)", got, err)
	}
	if got, err := figure("", "timeout"); err != nil || got != (Figure{}) {
		t.Errorf("timeout: %+v (%v)", got, err)
	}
	for _, bad := range [][2]string{{"", "success"}, {"1", "error"}} {
		if _, err := figure(bad[0], bad[1]); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}
