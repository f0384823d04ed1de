package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"understudy/engine/worker"
)

func TestReplaceWhen_AsksForAnotherWorkerOnlyAfterAnAnswerThatLeavesSomethingRunning(t *testing.T) {
	for _, spent := range []bool{false, true} {
		running := false
		handler := replaceWhen(func() bool { return running }, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			running = spent // what it leaves behind is known when it answers
			_, _ = w.Write([]byte("answer"))
		}))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/analyze/quorums", nil))
		if asked := w.Header().Get(worker.SpentHeader) != ""; asked != spent || w.Body.String() != "answer" || w.Code != http.StatusOK {
			t.Errorf("spent %v: asked %v, answer %d %q", spent, asked, w.Code, w.Body)
		}
	}
}
